/* The command that writes an index's reports out again. */
#include <stdio.h>
#include <stdlib.h>

#include "indexer/commands/command.h"
#include "indexer/published.h"

static bool print_line(const struct report *report, struct error *err)
{
    char *line;
    if (!report_line(report, &line, err))
        return false;
    bool ok = puts(line) != EOF;
    free(line);
    return ok || error_set_errno(err, ERROR_IO, "standard output", "cannot be written");
}

bool command_export(const struct options *options, struct error *err)
{
    struct published *published = NULL;
    if (!published_open(options->index, &published, err))
        return false;
    bool ok = true, end = false;
    while (ok && !end) {
        struct report report;
        ok = published_next(published, &report, &end, err);
        if (!ok)
            break;
        ok = end || print_line(&report, err);
        report_clear(&report);
    }
    published_close(published);
    return ok;
}
