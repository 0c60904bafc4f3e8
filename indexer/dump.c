#include "indexer/dump.h"

#include "indexer/stored.h"
#include "schema/generation.h"

bool dump_report(const char *index, const char *id, char **out, struct error *err)
{
    struct generation generation = {0};
    if (!generation_current(index, &generation, err))
        return false;
    struct report report = {0};
    struct stored *stored = NULL;
    bool found = false;
    bool ok =
        stored_open(&generation, &stored, err) && stored_read(stored, id, &found, &report, err);
    if (ok && !found)
        ok = error_set(err, ERROR_NO_INPUT, id, "no report of this id in generation %s",
                       generation.name);
    ok = ok && report_describe(&report, out, err);
    report_clear(&report);
    stored_close(stored);
    generation_clear(&generation);
    return ok;
}
