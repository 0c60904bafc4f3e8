#include "search/phrase.h"

#include <stdio.h>
#include <string.h>

#include "search/snapshot_private.h"

/* ---- what must be there ------------------------------------------------------ */

/* The term of word 'i' and the next, where they are a pair. */
static bool find_pair(const struct snapshot *snapshot, const struct query_node *node, size_t i,
                      char out[PAIRS_TERM_ROOM])
{
    if (node->kind != QUERY_PHRASE || node->field != FIELD_TEXT || i + 1 == node->word_count)
        return false;
    int first = pairs_number(snapshot->pairs, node->words[i]);
    int second = pairs_number(snapshot->pairs, node->words[i + 1]);
    if (first < 0 || second < 0)
        return false;
    pairs_term(first, second, out);
    return true;
}

static void add_part(struct phrase *phrase, enum field_id field)
{
    size_t i = phrase->parts.child_count++;
    phrase->words[i] = phrase->terms[i];
    phrase->nodes[i] = (struct query_node){.kind = QUERY_WORD,
                                           .field = field,
                                           .exact = true,
                                           .words = &phrase->words[i],
                                           .word_count = 1};
    phrase->children[i] = &phrase->nodes[i];
}

bool phrase_make(const struct snapshot *snapshot, const struct query_node *node, struct phrase *out,
                 struct error *err)
{
    bool in_pair = false;
    if (node->word_count > LIMIT_PHRASE_WORDS)
        return error_set(err, ERROR_LIMIT, "q", "a phrase has more than %u words",
                         LIMIT_PHRASE_WORDS);
    out->parts = (struct query_node){.kind = QUERY_AND, .children = out->children};
    out->pairs = 0;
    for (size_t i = 0; i < node->word_count; i++) {
        char *term = out->terms[out->parts.child_count];
        bool pair = find_pair(snapshot, node, i, term);
        if (!pair)
            snprintf(term, FIELD_TERM_ROOM, "%s", node->words[i]);
        if (pair || !in_pair)
            add_part(out, node->field);
        out->pairs += pair;
        in_pair = pair;
    }
    out->is_pair = out->pairs && node->word_count == 2;
    return true;
}

/* ---- positions ----------------------------------------------------------------- */

static uint32_t next_of_set(void *context, uint32_t from)
{
    return docset_next(context, from);
}

static void add_to_set(void *context, uint32_t docid, double weight)
{
    (void)weight;
    docset_add(context, docid);
}

static bool positional_query(const struct query_node *node, struct xap_query **out,
                             struct xap_error *err)
{
    struct xap_query *parts[LIMIT_PHRASE_WORDS] = {0};
    char term[FIELD_TERM_ROOM];
    bool near = node->kind == QUERY_NEAR, ok = true;
    for (size_t i = 0; ok && i < node->word_count; i++) {
        field_term(&fields[node->field], node->words[i], strlen(node->words[i]), term);
        ok = xap_query_term(term, 1, 0, &parts[i], err);
    }
    /* Xapian's window counts the positions from the first word to the last, both included. */
    uint32_t window = near ? node->window + 1 : (uint32_t)node->word_count;
    return xap_query_join_take(near ? XAP_NEAR : XAP_PHRASE, parts, node->word_count, window, out,
                               ok ? err : NULL) &&
           ok;
}

/* Leaves of a query what is among the candidates. */
static bool filter_query(struct docset *candidates, struct xap_query **query, struct xap_error *err)
{
    struct xap_docid_source source = {next_of_set, candidates, docset_count(candidates)};
    struct xap_query *parts[] = {*query, NULL};
    bool ok = xap_query_docids(&source, &parts[1], err);
    *query = NULL;
    return xap_query_join_take(XAP_FILTER, parts, 2, 0, query, ok ? err : NULL) && ok;
}

/* Positions are Xapian's to compare: its matcher reads them for a tenth of what its iterators
 * take, so that its phrase is run once, and a spy notes which reports pass. */
bool phrase_match(const struct snapshot *snapshot, const struct query_node *node,
                  struct docset *candidates, struct docset **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_query *query = NULL;
    struct xap_enquire *enquire = NULL;
    struct xap_matches matches = {0};
    struct docset *set = NULL;
    if (!docset_new(snapshot->all->last, &set, err))
        return false;
    bool ok = positional_query(node, &query, &xapian) &&
              (!candidates || filter_query(candidates, &query, &xapian)) &&
              xap_enquire_new(snapshot->db, &enquire, &xapian) &&
              xap_enquire_set_query(enquire, query, 0, &xapian) &&
              xap_enquire_set_weighting(enquire, XAP_BOOLEAN, NULL, 0, &xapian) &&
              xap_enquire_add_spy(enquire, add_to_set, set, &xapian) &&
              xap_enquire_run(enquire, 0, 0, snapshot->all->last, &matches, &xapian);
    xap_matches_clear(&matches);
    xap_enquire_free(enquire);
    xap_query_free(query);
    if (ok) {
        *out = set;
        return true;
    }
    docset_free(set);
    return error_set_xapian(err, NULL, &xapian);
}
