/* export_reports: the reports of an index as JSON Lines, with the tags that Sitrep gave them, so
 * that its peers index the same.
 *
 *   export_reports --index DIR > REPORTS.jsonl
 *
 * Members: id, date, title, text, actors, regions. A title that was taken from the text is left
 * out, as its words are not indexed twice.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "search/snapshot_private.h"

static json_t *make_array(char *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(items[i]));
    return array;
}

static bool write_report(const struct report *report, struct error *err)
{
    char day[DAY_TEXT_ROOM];
    json_t *json =
        json_pack("{ss ss ss ss# so so}", "id", report->id, "date", day_format(report->day, day),
                  "title", report->title_derived ? "" : report->title, "text", report->body,
                  report->body_size, "actors", make_array(report->actors, report->actor_count),
                  "regions", make_array(report->regions, report->region_count));
    bool ok = json && json_dumpf(json, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;
    json_decref(json);
    return ok || error_set(err, ERROR_IO, report->id, "cannot write");
}

static bool write_all(const char *index, struct error *err)
{
    struct snapshot *snapshot;
    if (!snapshot_open(index, &snapshot, err))
        return false;
    bool ok = true;
    const struct docset *all = snapshot->all;
    for (uint32_t docid = docset_next(all, 1); ok && docid; docid = docset_next(all, docid + 1)) {
        struct report report = {0};
        ok = snapshot_read(snapshot, docid, &report, err) && write_report(&report, err);
        report_clear(&report);
    }
    snapshot_close(snapshot);
    return ok && (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc != 3 || strcmp(argv[1], "--index") != 0)
        error_set(&err, ERROR_USAGE, NULL, "usage: export_reports --index DIR");
    else if (write_all(argv[2], &err))
        return 0;
    fprintf(stderr, "export_reports: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
