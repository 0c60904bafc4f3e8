/* export_reports: the reports of an index as JSON Lines, oldest first where the index is so, with
 * the tags that Sitrep gave them, so that its peers index the same.
 *
 *   export_reports --index DIR [--folded] > REPORTS.jsonl
 *
 * Members: id, date, title, text, actors, regions. A title that was taken from the text is left
 * out, as its words are not indexed twice. With --folded, title and text are the words that
 * Sitrep sees in them, folded: then it makes no difference how an engine cuts words, and totals
 * can be compared.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"
#include "search/snapshot_private.h"

static json_t *make_array(char *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(items[i]));
    return array;
}

static json_t *make_text(const char *text, size_t size, bool folded)
{
    if (!folded)
        return json_stringn(text, size);
    char *words = text_fold(text, size);
    json_t *json = json_string(words);
    free(words);
    return json;
}

static bool write_report(const struct report *report, bool folded, struct error *err)
{
    char day[DAY_TEXT_ROOM];
    const char *title = report->title_derived ? "" : report->title;
    json_t *json =
        json_pack("{ss ss so so so so}", "id", report->id, "date", day_format(report->day, day),
                  "title", make_text(title, strlen(title), folded), "text",
                  make_text(report->body, report->body_size, folded), "actors",
                  make_array(report->actors, report->actor_count), "regions",
                  make_array(report->regions, report->region_count));
    bool ok = json && json_dumpf(json, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;
    json_decref(json);
    return ok || error_set(err, ERROR_IO, report->id, "cannot write");
}

static bool write_all(const char *index, bool folded, struct error *err)
{
    struct snapshot *snapshot;
    if (!snapshot_open(index, &snapshot, err))
        return false;
    bool ok = true;
    const struct docset *all = snapshot->all;
    for (uint32_t docid = docset_next(all, 1); ok && docid; docid = docset_next(all, docid + 1)) {
        struct report report = {0};
        ok = snapshot_read(snapshot, docid, &report, err) && write_report(&report, folded, err);
        report_clear(&report);
    }
    snapshot_close(snapshot);
    return ok && (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
}

int main(int argc, char **argv)
{
    struct error err = {0};
    bool folded = argc == 4 && strcmp(argv[3], "--folded") == 0;
    if ((argc != 3 && !folded) || strcmp(argv[1], "--index") != 0)
        error_set(&err, ERROR_USAGE, NULL, "usage: export_reports --index DIR [--folded]");
    else if (write_all(argv[2], folded, &err))
        return 0;
    fprintf(stderr, "export_reports: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
