#include "indexer/verification.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/crew.h"
#include "indexer/files.h"
#include "indexer/manifest.h"
#include "schema/changes.h"
#include "schema/field.h"
#include "xapian/xap.h"

bool verification_open(const char *database, uint64_t reports, struct error *err)
{
    struct xap_db *db = NULL;
    struct xap_error fault = {0};
    uint32_t count = 0;
    char *version = NULL;
    bool ok = xap_db_open(database, &db, &fault) && xap_db_document_count(db, &count, &fault) &&
              xap_db_metadata(db, SCHEMA_VERSION_KEY, &version, NULL, &fault);
    if (!ok)
        error_set(err, ERROR_CORRUPT, database, "%s", fault.text);
    else if (count != reports)
        ok = error_set(err, ERROR_CORRUPT, database, "has %" PRIu32 " reports, not %" PRIu64, count,
                       reports);
    else if (strcmp(version, SCHEMA_VERSION) != 0)
        ok = error_set(err, ERROR_VERSION, database, "has schema version '%s', not %s", version,
                       SCHEMA_VERSION);
    free(version);
    xap_db_close(db);
    return ok;
}

#ifdef __SANITIZE_ADDRESS__
/* Xapian 1.4.22's check deletes an object as one of another size: its fault, not ours. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0";
}
#endif

static bool check_structure(void *context, void *state, struct crew *crew, size_t task,
                            struct error *err)
{
    (void)state;
    (void)crew;
    (void)task;
    const char *database = context;
    struct xap_error fault = {0};
    size_t faults = 0;
    char *report = NULL;
    if (!xap_check(database, &faults, &report, &fault))
        return error_set(err, ERROR_CORRUPT, database, "%s", fault.text);
    bool ok =
        faults == 0 || error_set(err, ERROR_CORRUPT, database, "Xapian finds %zu faults: %.300s",
                                 faults, report ? report : "");
    free(report);
    return ok;
}

static bool read_sequence(const char *database, uint64_t *out, struct error *err)
{
    struct xap_db *db;
    struct xap_error fault = {0};
    struct changes_mark mark;
    if (!xap_db_open(database, &db, &fault))
        return error_set(err, ERROR_CORRUPT, database, "%s", fault.text);
    bool ok = changes_mark_read(db, &mark, err);
    xap_db_close(db);
    if (ok)
        *out = mark.sequence;
    return ok;
}

/* Reads the log to its end, whose last commit says how many reports there are. */
static bool read_log(const char *directory, const char *database, uint64_t *reports,
                     struct error *err)
{
    const struct generation generation = {.path = (char *)(uintptr_t)directory,
                                          .database_path = (char *)(uintptr_t)database};
    struct changes *changes;
    const struct change *change = NULL;
    if (!changes_open(&generation, 0, &changes, err))
        return false;
    bool ok;
    while ((ok = changes_next(changes, &change, err)) && change)
        *reports = change->reports;
    changes_close(changes);
    return ok;
}

static bool check_in_child(char *database, struct error *err)
{
    struct crew_job job = {.tasks = 1, .workers = 1, .context = database, .work = check_structure};
    struct error fault = {0};
    /* also where the check itself crashed */
    return crew_run(&job, &fault) || error_set(err, ERROR_CORRUPT, database, "%s", fault.text);
}

bool verification_run(const char *directory, struct verification *out, struct error *err)
{
    char *database = files_join(directory, "database", err);
    struct verification found = {0};
    struct error unreadable = {0};
    if (!database)
        return false;
    /* Of a database that does not open, the hashes say which file is to blame. */
    bool opens = read_sequence(database, &found.sequence, &unreadable);
    bool ok = manifest_verify(directory, found.sequence, &found.reports, &found.sealed, err) &&
              (opens || error_set(err, unreadable.code, database, "%s", unreadable.text)) &&
              read_log(directory, database, &found.reports, err) &&
              verification_open(database, found.reports, err) && check_in_child(database, err);
    free(database);
    if (ok)
        *out = found;
    return ok;
}
