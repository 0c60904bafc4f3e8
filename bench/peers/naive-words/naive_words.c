/* naive_words: one database, report by report, whose documents are those of indexer/document.c: it
 * cannot find phrases. Tags are given.
 *
 *   naive_words REPORTS.jsonl DATABASE
 */
#include <stdlib.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "indexer/document.h"

struct naive {
    struct document_kit *kit;
    struct xap_writer *writer;
};

static bool add_tags(struct report *report, enum mention_kind kind, const json_t *ids,
                     struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(ids); i++)
        ok = report_add_tag(report, kind, json_string_value(json_array_get(ids, i)), err);
    return ok;
}

static bool set_text(const struct naive *naive, struct xap_document *document,
                     struct xap_error *xapian)
{
    const struct buffer *text = document_text(naive->kit);
    return xap_document_set_data(document, text->bytes, text->size, xapian);
}

static bool add(void *context, const struct report_line *line, struct error *err)
{
    static const unsigned char no_hash[SPOOL_HASH_BYTES];
    struct naive *naive = context;
    struct report report = {.day = day_parse(line->date, strlen(line->date))};
    struct xap_document *document = NULL;
    struct xap_error xapian = {0};
    report.id = strdup(line->id);
    report.title = *line->title ? strdup(line->title) : NULL;
    report.body = strdup(line->text);
    report.body_size = strlen(line->text);
    bool ok = report_complete(&report, err) &&
              add_tags(&report, MENTION_ACTOR, line->actors, err) &&
              add_tags(&report, MENTION_REGION, line->regions, err) &&
              document_make(naive->kit, &report, no_hash, &document, err) &&
              ((set_text(naive, document, &xapian) &&
                xap_writer_add(naive->writer, document, NULL, &xapian)) ||
               error_set_xapian(err, line->id, &xapian));
    xap_document_free(document);
    report_clear(&report);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct xap_error xapian = {0};
    struct naive naive = {0};
    if (argc != 3)
        error_set(&err, ERROR_USAGE, NULL, "usage: naive_words REPORTS.jsonl DATABASE");
    else if (document_kit_new(NULL, 0, &naive.kit, &err) &&
             (xap_writer_open(argv[2], XAP_CREATE, 0, 0, &naive.writer, &xapian) ||
              error_set_xapian(&err, argv[2], &xapian)) &&
             report_lines_read(argv[1], add, &naive, &err) &&
             !xap_writer_commit(naive.writer, &xapian))
        error_set_xapian(&err, argv[2], &xapian);
    xap_writer_close(naive.writer);
    document_kit_free(naive.kit);
    return peer_end("naive_words", &err);
}
