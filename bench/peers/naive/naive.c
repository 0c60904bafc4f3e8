/* naive: the index as one would build it first: one database, report by report, each word with its
 * positions and its stem, as Xapian's TermGenerator adds them. Tags are given.
 *
 *   naive REPORTS.jsonl DATABASE
 */
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/field.h"
#include "schema/tokenizer.h"
#include "xapian/xap.h"

#define GAP 100u /* between title and text */

struct naive {
    struct xap_writer *writer;
    struct xap_stemmer *stemmer;
};

/* A report's document in the making. */
struct target {
    const struct naive *naive;
    struct xap_document *document;
    uint32_t position;
    struct xap_error failure;
};

static bool add_word(struct target *target, const struct field *field, const struct token *token)
{
    char term[FIELD_TERM_ROOM], stem[2 * LIMIT_WORD_BYTES + 1];
    size_t size;
    field_term(field, token->folded, token->size, term);
    if (!xap_document_add_posting(target->document, term, ++target->position, 1,
                                  &target->failure) ||
        !xap_stemmer_stem(target->naive->stemmer, token->folded, token->size, stem, sizeof stem,
                          &size, &target->failure))
        return false;
    field_stem_term(field, STEMS_ENGLISH, stem, size, term);
    return xap_document_add_term(target->document, term, 1, &target->failure);
}

static bool add_words(struct target *target, enum field_id field, const char *text)
{
    struct tokenizer tokenizer;
    struct token token;
    bool ok = true;
    tokenizer_start(&tokenizer, text, strlen(text));
    while (ok && tokenizer_next(&tokenizer, &token))
        ok = add_word(target, &fields[field], &token);
    tokenizer_end(&tokenizer);
    target->position += GAP;
    return ok;
}

static bool add_value(struct target *target, enum field_id field, const char *value)
{
    char term[FIELD_TERM_ROOM];
    field_term(&fields[field], value, strlen(value), term);
    return xap_document_add_term(target->document, term, 0, &target->failure);
}

static bool add_tags(struct target *target, enum field_id field, const json_t *ids)
{
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(ids); i++)
        ok = add_value(target, field, json_string_value(json_array_get(ids, i)));
    return ok;
}

static bool add_parts(struct target *target, const struct report_line *line)
{
    struct xap_document *document = target->document;
    struct xap_error *err = &target->failure;
    return add_words(target, FIELD_TITLE, line->title) &&
           add_words(target, FIELD_TEXT, line->title) &&
           add_words(target, FIELD_TEXT, line->text) && add_value(target, FIELD_ID, line->id) &&
           add_tags(target, FIELD_ACTOR, line->actors) &&
           add_tags(target, FIELD_REGION, line->regions) &&
           xap_document_add_value(document, SLOT_DATE, line->date, strlen(line->date), err) &&
           xap_document_set_data(document, line->text, strlen(line->text), err);
}

static bool add(void *context, const struct report_line *line, struct error *err)
{
    const struct naive *naive = context;
    struct target target = {.naive = naive};
    bool ok = xap_document_new(&target.document, &target.failure) && add_parts(&target, line) &&
              xap_writer_add(naive->writer, target.document, NULL, &target.failure);
    xap_document_free(target.document);
    return ok || error_set_xapian(err, line->id, &target.failure);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct xap_error xapian = {0};
    struct naive naive = {0};
    if (argc != 3)
        error_set(&err, ERROR_USAGE, NULL, "usage: naive REPORTS.jsonl DATABASE");
    else if ((xap_stemmer_new(STEMS_ENGLISH, &naive.stemmer, &xapian) &&
              xap_writer_open(argv[2], XAP_CREATE, 0, 0, &naive.writer, &xapian)) ||
             error_set_xapian(&err, argv[2], &xapian)) {
        if (report_lines_read(argv[1], add, &naive, &err) &&
            !xap_writer_commit(naive.writer, &xapian))
            error_set_xapian(&err, argv[2], &xapian);
    }
    xap_writer_close(naive.writer);
    xap_stemmer_free(naive.stemmer);
    return peer_end("naive", &err);
}
