#include "indexer/verification.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/crew.h"
#include "indexer/files.h"
#include "indexer/manifest.h"
#include "schema/changes.h"
#include "schema/field.h"
#include "schema/frequent_cursor.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "schema/report_file.h"
#include "schema/word_list.h"
#include "schema/word_stream.h"
#include "xapian/xap.h"

#define READ_ROOM 1024 /* postings a read */
/* Reports and lists after which what was read is let go. */
#define LET_GO_REPORTS (1u << 16)
#define LET_GO_LISTS   (1u << 12)

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

/* What is looked into. */
struct examined {
    const char *database; /* path */
    struct xap_db *db;
    struct word_list *list;
    struct report_file *streams;
};

static bool is_sound(const struct examined *it, const char *stream, size_t size, uint32_t docid,
                     struct error *err)
{
    return (stream && word_stream_is_sound(stream, size, word_list_count(it->list))) ||
           error_set(err, ERROR_CORRUPT, it->database,
                     "the words of report number %" PRIu32 " are %s", docid,
                     stream ? "damaged" : "missing");
}

static bool check_file(const struct examined *it, struct error *err)
{
    size_t size;
    for (uint32_t docid = 1; docid <= report_file_last(it->streams); docid++) {
        const char *stream = report_file_bytes(it->streams, docid, &size);
        if (!is_sound(it, stream, size, docid, err))
            return false;
        if (docid % LET_GO_REPORTS == 0)
            report_file_let_go(it->streams);
    }
    report_file_let_go(it->streams);
    return true;
}

/* Of the reports that are not in the file. */
static bool check_added(const struct examined *it, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_postings *all = NULL;
    struct xap_values *streams = NULL;
    uint32_t docid;
    size_t count = 1, size = 0;
    const char *stream = NULL;
    bool ok = xap_postings_open(it->db, "", &all, &fault) &&
              xap_postings_skip_to(all, report_file_last(it->streams) + 1, &fault) &&
              xap_values_open(it->db, SLOT_WORDS, &streams, &fault);
    bool sound = true;
    while (ok && sound) {
        ok = xap_postings_read(all, 1, &docid, NULL, NULL, &count, &fault);
        if (!ok || count == 0)
            break;
        ok = xap_values_find(streams, docid, &stream, &size, &fault);
        sound = !ok || is_sound(it, stream, size, docid, err);
    }
    xap_values_close(streams);
    xap_postings_close(all);
    return ok ? sound : error_set(err, ERROR_CORRUPT, it->database, "%s", fault.text);
}

/* What they hold is what was hashed; here, that each report has its own. */
static bool check_texts(const char *path, uint32_t last, struct error *err)
{
    struct report_file *texts;
    if (!report_file_open(path, &texts, err))
        return false;
    bool ok = report_file_last(texts) == last;
    for (uint32_t docid = 1; ok && docid <= last; docid++) {
        size_t size;
        report_file_bytes(texts, docid, &size);
        ok = size > 0;
    }
    report_file_close(texts);
    return ok || error_set(err, ERROR_CORRUPT, path, "does not have the text of each report");
}

/* Whether a list has as many postings as it says, in order, and the database those that it should
 * have, if it is as it was built. Adds up the wdfs of what the database lacks. */
static bool is_list_sound(const struct xap_db *db, const struct frequent_postings *list,
                          uint32_t last, bool is_new, uint64_t *lacking)
{
    struct frequent_cursor cursor;
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM], reports = 0, freq;
    size_t count;
    frequent_cursor_start(&cursor, list, last);
    do {
        count = frequent_cursor_read(&cursor, READ_ROOM, docids, wdfs);
        reports += (uint32_t)count;
        for (size_t i = 0; list->alone && i < count; i++)
            *lacking += wdfs[i];
    } while (count == READ_ROOM);
    bool ok = reports == list->reports;
    for (size_t i = 0; ok && i < list->large_count; i++)
        ok = list->large[i].docid <= last &&
             (i == 0 || list->large[i].docid > list->large[i - 1].docid);
    return ok && (!is_new || (xap_db_term_freq(db, list->term, &freq, NULL) &&
                              freq == (list->alone ? 0 : reports)));
}

static bool check_lists(const struct frequent_file *file, const struct xap_db *db, const char *path,
                        struct error *err)
{
    struct changes_mark mark;
    uint64_t lacking = 0, told;
    if (!changes_mark_read(db, &mark, err))
        return false;
    bool is_new = mark.sequence == 0;
    for (size_t i = 0; i < frequent_file_count(file); i++) {
        struct frequent_postings list;
        frequent_file_at(file, i, &list);
        if (!is_list_sound(db, &list, frequent_file_last(file), is_new, &lacking))
            return error_set(err, ERROR_CORRUPT, path,
                             "the list of %s is not what belongs to the database", list.term);
        if (i % LET_GO_LISTS == 0)
            frequent_file_let_go(file);
    }
    return !is_new ||
           (xap_db_collection_freq(db, FREQUENT_REST_TERM, &told, NULL) && told == lacking) ||
           error_set(err, ERROR_CORRUPT, path, "the lists do not have what the database lacks");
}

static bool check_frequent(const struct xap_db *db, const char *path, uint32_t last,
                           struct error *err)
{
    struct frequent_file *file = NULL;
    if (!frequent_file_open_lists(path, &file, err))
        return false;
    bool ok = frequent_file_last(file) == last ||
              error_set(err, ERROR_CORRUPT, path, "is not of as many reports as the texts");
    ok = ok && check_lists(file, db, path, err);
    frequent_file_close(file);
    return ok;
}

static bool check_words(const struct generation *generation, struct error *err)
{
    struct examined it = {.database = generation->database_path};
    struct xap_error fault = {0};
    bool ok = (xap_db_open(it.database, &it.db, &fault) ||
               error_set(err, ERROR_CORRUPT, it.database, "%s", fault.text)) &&
              word_list_load(it.db, &it.list, err) &&
              report_file_open(generation->words_path, &it.streams, err) && check_file(&it, err) &&
              check_added(&it, err) &&
              check_texts(generation->texts_path, report_file_last(it.streams), err) &&
              check_frequent(it.db, generation->frequent_path, report_file_last(it.streams), err);
    report_file_close(it.streams);
    word_list_free(it.list);
    xap_db_close(it.db);
    return ok;
}

static bool check_database(const struct generation *generation, struct error *err)
{
    const char *database = generation->database_path;
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
static bool read_log(const struct generation *generation, uint64_t *reports, struct error *err)
{
    struct changes *changes;
    const struct change *change = NULL;
    if (!changes_open(generation, 0, &changes, err))
        return false;
    bool ok;
    while ((ok = changes_next(changes, &change, err)) && change)
        *reports = change->reports;
    changes_close(changes);
    return ok;
}

/* What is not left to other processes. */
static bool check_files(const struct generation *generation, struct verification *found,
                        struct error *err)
{
    const char *database = generation->database_path;
    struct error unreadable = {0};
    /* Of a database that does not open, the hashes say which file is to blame. */
    bool opens = read_sequence(database, &found->sequence, &unreadable);
    return manifest_verify(generation->path, found->sequence, &found->reports, &found->sealed,
                           err) &&
           (opens || error_set(err, unreadable.code, database, "%s", unreadable.text)) &&
           read_log(generation, &found->reports, err) &&
           verification_open(database, found->reports, err);
}

/* ---- beside processes of their own --------------------------------------- */

struct verification_work {
    struct generation generation;
    struct crew *database, *words; /* who checks them; NULL for nobody */
};

static bool work_database(void *context, void *state, struct crew *crew, size_t task,
                          struct error *err)
{
    (void)state;
    (void)crew;
    (void)task;
    return check_database(context, err);
}

static bool work_words(void *context, void *state, struct crew *crew, size_t task,
                       struct error *err)
{
    (void)state;
    (void)crew;
    (void)task;
    return check_words(context, err);
}

bool verification_begin(const char *directory, struct verification_work **out, struct error *err)
{
    struct verification_work *work = calloc(1, sizeof *work);
    if (!work)
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    struct crew_job job = {
        .tasks = 1, .workers = 1, .context = &work->generation, .work = work_database};
    if (!generation_locate(directory, &work->generation, err) ||
        !crew_begin(&job, &work->database, err)) {
        verification_cancel(work);
        return false;
    }
    *out = work;
    return true;
}

void verification_cancel(struct verification_work *work)
{
    if (!work)
        return;
    crew_cancel(work->database);
    crew_cancel(work->words);
    generation_clear(&work->generation);
    free(work);
}

/* Where the check itself crashed, the database is damaged too. */
static bool wait_for(struct crew **crew, const struct generation *generation, struct error *err)
{
    struct error fault = {0};
    bool ok = crew_end(*crew, &fault);
    *crew = NULL;
    return ok || error_set(err, ERROR_CORRUPT, generation->database_path, "%s", fault.text);
}

bool verification_go_on(struct verification_work *work, struct error *err)
{
    const struct crew_job job = {
        .tasks = 1, .workers = 1, .context = &work->generation, .work = work_words};
    return crew_begin(&job, &work->words, err);
}

bool verification_end(struct verification_work *work, struct verification *out, struct error *err)
{
    struct generation *generation = &work->generation;
    struct verification found = {0};
    bool ok = check_files(generation, &found, err) && wait_for(&work->database, generation, err) &&
              wait_for(&work->words, generation, err);
    verification_cancel(work);
    if (ok)
        *out = found;
    return ok;
}

bool verification_run(const char *directory, struct verification *out, struct error *err)
{
    struct verification_work *work;
    if (!verification_begin(directory, &work, err))
        return false;
    if (verification_go_on(work, err))
        return verification_end(work, out, err);
    verification_cancel(work);
    return false;
}
