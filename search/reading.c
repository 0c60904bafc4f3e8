#include "search/reading.h"

#include <stdlib.h>
#include <string.h>

#include "schema/function_words.h"
#include "search/keywords.h"
#include "search/snapshot_private.h"

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- reports like one ----------------------------------------------------------- */

/* A node that was not typed; NULL out of memory. */
static struct query_node *added_new(enum query_kind kind, enum field_id field, const char *word,
                                    size_t room)
{
    struct query_node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->field = field;
    node->added = true;
    if (word && (node->words = calloc(1, sizeof node->words[0])) && (node->words[0] = strdup(word)))
        node->word_count = 1;
    if (room)
        node->children = calloc(room, sizeof node->children[0]);
    if ((!word || node->word_count) && (!room || node->children))
        return node;
    query_node_free(node);
    return NULL;
}

/* Takes the child; false, with it freed, where there is none or no parent. */
static bool add_take(struct query_node *parent, struct query_node *child)
{
    if (parent && child) {
        parent->children[parent->child_count++] = child;
        return true;
    }
    query_node_free(child);
    return false;
}

/* Words of texts, as they are written there; no numbers. */
static bool says_something(const char *term)
{
    return (unsigned char)term[0] > 'Z' && term[1] && !function_words_have(term);
}

static bool find_docid(const struct snapshot *snapshot, const char *id, uint32_t *docid,
                       struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings;
    char term[FIELD_TERM_ROOM];
    size_t count = 0;
    field_term(&fields[FIELD_ID], id, strlen(id), term);
    *docid = 0;
    if (!xap_postings_open(snapshot->db, term, &postings, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok = xap_postings_read(postings, 1, docid, NULL, NULL, &count, &xapian);
    xap_postings_close(postings);
    return ok || error_set_xapian(err, NULL, &xapian);
}

/* An OR of the report's words. */
static bool words_of(const struct snapshot *snapshot, uint32_t docid, struct query_node **out,
                     struct error *err)
{
    struct keyword words[READING_LIKE_WORDS];
    size_t count = 0;
    if (!keywords_find(snapshot, &docid, 1, KEYWORD_WORDS, says_something, words,
                       READING_LIKE_WORDS, &count, err))
        return false;
    struct query_node *any = added_new(QUERY_OR, FIELD_TEXT, NULL, READING_LIKE_WORDS);
    bool ok = any || no_memory(err);
    for (size_t i = 0; ok && i < count; i++)
        ok = add_take(any, added_new(QUERY_WORD, FIELD_TEXT, words[i].term, 0)) || no_memory(err);
    if (ok)
        *out = any;
    else
        query_node_free(any);
    return ok;
}

/* The tree, and what makes a report like the one with the id. */
static bool add_likeness(const struct snapshot *snapshot, const char *id, struct query *query,
                         struct error *err)
{
    uint32_t docid;
    struct query_node *any = NULL;
    if (!find_docid(snapshot, id, &docid, err))
        return false;
    if (docid ? !words_of(snapshot, docid, &any, err)
              : !(any = added_new(QUERY_NOTHING, FIELD_TEXT, NULL, 0)))
        return no_memory(err);
    struct query_node *all = added_new(QUERY_AND, FIELD_TEXT, NULL, 3);
    struct query_node *not = added_new(QUERY_NOT, FIELD_TEXT, NULL, 1);
    bool ok = add_take(not, added_new(QUERY_VALUE, FIELD_ID, id, 0));
    ok = add_take(all, any) && ok;
    ok = add_take(all, not ) && ok;
    if (!ok) {
        query_node_free(all);
        return no_memory(err);
    }
    all->added = false;
    all->end = query->root->end;
    add_take(all, query->root);
    query->root = all;
    return true;
}

/* ---- the door -------------------------------------------------------------------- */

bool reading_make(const struct snapshot *snapshot, const struct question *question,
                  struct reading *out, struct error *err)
{
    struct reading reading = {0};
    bool ok = query_parse(question->q, strlen(question->q), question->match, day_today(),
                          &reading.query, err) &&
              (question->names_off ||
               expansions_make(snapshot, reading.query, question->q, question->match,
                               &reading.names, &reading.name_count, err)) &&
              (!question->like || add_likeness(snapshot, question->like, reading.query, err));
    if (ok)
        *out = reading;
    else
        reading_clear(&reading);
    return ok;
}

void reading_clear(struct reading *reading)
{
    query_free(reading->query);
    expansions_free(reading->names, reading->name_count);
    *reading = (struct reading){0};
}
