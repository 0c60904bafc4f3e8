#include "search/phrase.h"

#include <stdio.h>
#include <string.h>

#include "search/snapshot_private.h"
#include "search/word_pattern.h"

/* ---- what must be there ------------------------------------------------------ */

static void add_part(struct phrase *phrase, enum field_id field, const char *term)
{
    size_t i = phrase->parts.child_count++;
    snprintf(phrase->terms[i], sizeof phrase->terms[i], "%s", term);
    phrase->words[i] = phrase->terms[i];
    phrase->nodes[i] = (struct query_node){.kind = QUERY_WORD,
                                           .field = field,
                                           .exact = true,
                                           .words = &phrase->words[i],
                                           .word_count = 1};
    phrase->children[i] = &phrase->nodes[i];
}

/* Of word 'i' and the next, where they make a pair. The term of a rare one, which the file does not
 * list, only reports have that were added later: then '*rare', and what is added is its class. */
static bool add_pair(const struct snapshot *snapshot, const struct query_node *node, size_t i,
                     struct phrase *phrase, bool *rare)
{
    const struct word_list *list = snapshot->word_list;
    struct frequent_postings postings;
    char term[PAIR_TERM_ROOM];
    if (node->kind != QUERY_PHRASE || node->field != FIELD_TEXT || i + 1 == node->word_count)
        return false;
    int first = word_list_number(list, node->words[i]),
        second = word_list_number(list, node->words[i + 1]);
    if (!word_list_makes_pair(list, first, second))
        return false;
    word_list_pair(first, second, term);
    *rare = !postings_find(&snapshot->source, term, &postings);
    if (*rare)
        word_list_pair_class(first, second, term);
    add_part(phrase, node->field, term);
    return true;
}

bool phrase_make(const struct snapshot *snapshot, const struct query_node *node, struct phrase *out,
                 struct error *err)
{
    bool in_pair = false;
    unsigned most = node->kind == QUERY_NEAR ? LIMIT_NEAR_WORDS : LIMIT_PHRASE_WORDS;
    if (node->word_count > most)
        return error_set(err, ERROR_LIMIT, "q", "a phrase or near/ has more than %u words", most);
    out->parts = (struct query_node){.kind = QUERY_AND, .children = out->children};
    out->is_pair = false;
    for (size_t i = 0; i < node->word_count; i++) {
        bool rare = false, pair = add_pair(snapshot, node, i, out, &rare) && !rare;
        if (!pair && !in_pair)
            add_part(out, node->field, node->words[i]);
        out->is_pair |= pair && node->word_count == 2;
        in_pair = pair;
    }
    return true;
}

/* ---- the order of words ---------------------------------------------------------- */

static void add_of_file(const struct report_file *file, const struct word_pattern *pattern,
                        const struct docset *candidates, struct docset *set)
{
    uint32_t docid = docset_next(candidates, 1), last = report_file_last(file);
    size_t size;
    while (docid && docid <= last) {
        uint32_t next = docset_next(candidates, docid + 1);
        const char *stream = report_file_bytes(file, docid, &size);
        if (next && next <= last)
            report_file_fetch(file, next);
        if (word_pattern_matches(pattern, stream, size))
            docset_add(set, docid);
        docid = next;
    }
}

/* Of reports from 'docid' on, which were added since the file was written. */
static bool add_of_database(const struct xap_db *db, const struct word_pattern *pattern,
                            const struct docset *candidates, uint32_t docid, struct docset *set,
                            struct xap_error *err)
{
    struct xap_values *streams;
    const char *stream;
    size_t size;
    if (!xap_values_open(db, SLOT_WORDS, &streams, err))
        return false;
    bool ok = true;
    for (; ok && docid; docid = docset_next(candidates, docid + 1)) {
        ok = xap_values_find(streams, docid, &stream, &size, err);
        if (ok && stream && word_pattern_matches(pattern, stream, size))
            docset_add(set, docid);
    }
    xap_values_close(streams);
    return ok;
}

bool phrase_match(const struct snapshot *snapshot, const struct query_node *node,
                  const struct docset *candidates, struct docset **out, struct error *err)
{
    struct word_pattern pattern;
    struct xap_error xapian = {0};
    struct docset *set = NULL;
    word_pattern_make(node, snapshot->word_list, &pattern);
    if (!docset_new(snapshot->all->last, &set, err))
        return false;
    add_of_file(snapshot->word_streams, &pattern, candidates, set);
    uint32_t added = docset_next(candidates, report_file_last(snapshot->word_streams) + 1);
    if (added && !add_of_database(snapshot->db, &pattern, candidates, added, set, &xapian)) {
        docset_free(set);
        return error_set_xapian(err, snapshot->generation.database_path, &xapian);
    }
    *out = set;
    return true;
}
