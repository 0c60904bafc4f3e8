#include "search/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search/snapshot_private.h"

/* A generation can be pruned, or its revision overwritten, while it is opened. */
#define OPEN_TRIES 3
/* Past so many new reports, reading posting lists is faster than reading each report's terms. */
#define FOLLOW_REPORTS 20000u

static bool open_database(struct snapshot *snapshot, struct error *err)
{
    struct xap_error xapian = {0};
    const char *path = snapshot->generation.database_path;
    char *version = NULL;
    uint64_t revision;
    if (asprintf(&snapshot->revision_path, "%s/iamglass", path) < 0) {
        snapshot->revision_path = NULL;
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    if (stat(snapshot->revision_path, &snapshot->revision) != 0)
        memset(&snapshot->revision, 0, sizeof snapshot->revision);
    if (!xap_db_open(path, &snapshot->db, &xapian) ||
        !xap_db_revision(snapshot->db, &revision, &xapian) ||
        !xap_db_metadata(snapshot->db, SCHEMA_VERSION_KEY, &version, NULL, &xapian))
        return error_set_xapian(err, path, &xapian);
    bool ok = strcmp(version, SCHEMA_VERSION) == 0 ||
              error_set(err, ERROR_VERSION, path,
                        "the index is of schema version '%s' and this program reads version '%s': "
                        "build the index anew",
                        version, SCHEMA_VERSION);
    free(version);
    snprintf(snapshot->name, sizeof snapshot->name, "%s.%" PRIu64, snapshot->generation.name,
             revision);
    return ok;
}

static size_t region_parents(const void *context, const char *value, const char **parents,
                             size_t room)
{
    const struct concept *concept = labels_concept(context, FIELD_REGION, value);
    size_t count = concept && concept->parent_count < room ? concept->parent_count
                   : concept                               ? room
                                                           : 0;
    for (size_t i = 0; i < count; i++)
    parents[i] = concept->parents[i]->id;
    return count;
}

static bool is_column(enum field_id id)
{
    return fields[id].is_facet && fields[id].kind == FIELD_BOOLEAN;
}

/* Whether values of a field have names in the vocabulary. */
static bool has_names(enum field_id id)
{
    return id == FIELD_ACTOR || id == FIELD_REGION;
}

/* What is one value a report. With 'before', the snapshot of an earlier revision, only reports
 * that came since are read. */
static bool load_reports(struct snapshot *snapshot, const struct snapshot *before,
                         struct error *err)
{
    struct xap_error xapian = {0};
    uint32_t last;
    if (!xap_db_last_docid(snapshot->db, &last, &xapian))
        return error_set_xapian(err, snapshot->generation.database_path, &xapian);
    if (!docset_new(last, &snapshot->all, err) ||
        !docset_add_postings(snapshot->all, snapshot->db, "", err) ||
        !day_column_load(snapshot->db, snapshot->all, before ? &before->days : NULL,
                         &snapshot->days, err) ||
        !lengths_load(snapshot->db, last, before ? &before->lengths : NULL, &snapshot->lengths,
                      err))
        return false;
    snapshot->reports = docset_count(snapshot->all);
    return true;
}

/* Of fields whose values lie in others. */
static column_parents *parents_of(enum field_id id)
{
    return id == FIELD_REGION ? region_parents : NULL;
}

static bool load_columns(struct snapshot *snapshot, struct error *err)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (is_column(id) &&
            !column_load(snapshot->db, &fields[id], snapshot->all->last, parents_of(id),
                         snapshot->vocabulary, &snapshot->columns[id], err))
            return false;
    return true;
}

static bool grow_columns(struct snapshot *snapshot, const struct snapshot *before,
                         struct error *err)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (is_column(id) &&
            !column_grow(before->columns[id], snapshot->db, snapshot->all, parents_of(id),
                         before->vocabulary, &snapshot->columns[id], err))
            return false;
    return true;
}

/* Of the columns whose values are not an earlier one's. */
static bool load_names(struct snapshot *snapshot, const struct vocabulary *vocabulary,
                       struct error *err)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        const struct column *column = snapshot->columns[id];
        if (!is_column(id) || column_borrows_values(column))
            continue;
        if (!labels_load(column, id, vocabulary, &snapshot->labels[id], err) ||
            (has_names(id) && !name_list_load(column, id, vocabulary, &snapshot->names[id], err)))
            return false;
    }
    return true;
}

static void free_frequent(void *item)
{
    frequent_free(item);
}

static void free_docset(void *item)
{
    docset_free(item);
}

/* One that has nothing open yet. */
static bool make(const char *index, struct snapshot **out, struct error *err)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot || !(snapshot->index = strdup(index))) {
        free(snapshot);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    if (!cache_new(SNAPSHOT_FREQUENT_BYTES, free_frequent, &snapshot->frequent, err) ||
        !cache_new(SNAPSHOT_SKIPPED_BYTES, free, &snapshot->skipped, err) ||
        !cache_new(SNAPSHOT_STEMMED_BYTES, free, &snapshot->stemmed, err) ||
        !cache_new(SNAPSHOT_CACHE_BYTES, free_docset, &snapshot->texts, err) ||
        !counting_new(SNAPSHOT_CACHE_BYTES, &snapshot->counting, err)) {
        snapshot_close(snapshot);
        return false;
    }
    *out = snapshot;
    return true;
}

static bool open_once(const char *index, struct snapshot **out, struct error *err)
{
    struct snapshot *snapshot;
    if (!make(index, &snapshot, err))
        return false;
    bool ok =
        generation_current(index, &snapshot->generation, err) && open_database(snapshot, err) &&
        generation_vocabulary(&snapshot->generation, &snapshot->vocabulary, err) &&
        store_open(&snapshot->generation, snapshot->db, &snapshot->store, err) &&
        word_list_load(snapshot->db, &snapshot->word_list, err) &&
        report_file_open(snapshot->generation.words_path, &snapshot->word_streams, err) &&
        frequent_file_open(snapshot->generation.frequent_path, &snapshot->frequent_file, err) &&
        stems_load(snapshot->db, &snapshot->stems, err) && load_reports(snapshot, NULL, err) &&
        postings_source_make(snapshot->db, snapshot->frequent_file, snapshot->all,
                             &snapshot->source, err) &&
        load_columns(snapshot, err) && load_names(snapshot, snapshot->vocabulary, err) &&
        words_load(&snapshot->source, snapshot->reports, &snapshot->words, err);
    if (ok)
        *out = snapshot;
    else
        snapshot_close(snapshot);
    return ok;
}

bool snapshot_open(const char *index, struct snapshot **out, struct error *err)
{
    for (int tries = 1;; tries++) {
        struct error failure = {0};
        char before[GENERATION_NAME_ROOM], after[GENERATION_NAME_ROOM];
        generation_current_name(index, before);
        if (open_once(index, out, &failure))
            return true;
        generation_current_name(index, after);
        if (tries == OPEN_TRIES || (failure.code != ERROR_STALE && strcmp(before, after) == 0))
            return error_set(err, failure.code, failure.where, "%s", failure.text);
    }
}

/* What stays the same in all revisions of a generation goes to the later snapshot. */
static void hand_over(struct snapshot *before, struct snapshot *after)
{
    after->vocabulary = before->vocabulary;
    after->store = before->store;
    after->word_list = before->word_list;
    after->word_streams = before->word_streams;
    after->frequent_file = before->frequent_file;
    after->words = before->words;
    before->vocabulary = NULL;
    before->store = NULL;
    before->word_list = NULL;
    before->word_streams = NULL;
    before->frequent_file = NULL;
    before->words = (struct words){0};
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (is_column(id) && column_take_values(after->columns[id], before->columns[id])) {
            after->labels[id] = before->labels[id];
            after->names[id] = before->names[id];
            before->labels[id] = (struct labels){0};
            before->names[id] = (struct name_list){0};
        }
}

/* The newer revision of the same generation. A docid never changes its report: what is new has
 * higher docids, and what is gone is in no list of all any more. */
static bool follow(struct snapshot *before, struct snapshot **out, struct error *err)
{
    struct snapshot *after;
    if (!make(before->index, &after, err))
        return false;
    bool ok =
        generation_open(before->index, before->generation.name, &after->generation, err) &&
        open_database(after, err) && stems_load(after->db, &after->stems, err) &&
        load_reports(after, before, err) &&
        after->all->last <= before->all->last + FOLLOW_REPORTS &&
        postings_source_make(after->db, before->frequent_file, after->all, &after->source, err) &&
        grow_columns(after, before, err) && load_names(after, before->vocabulary, err);
    if (ok) {
        hand_over(before, after);
        *out = after;
    } else {
        snapshot_close(after);
    }
    return ok;
}

static bool is_same_generation(const struct snapshot *snapshot)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(snapshot->index, current);
    return strcmp(current, snapshot->generation.name) == 0;
}

bool snapshot_refresh(struct snapshot **snapshot, struct error *err)
{
    struct snapshot *before = *snapshot, *after = NULL;
    if (!(is_same_generation(before) && follow(before, &after, NULL)) &&
        !snapshot_open(before->index, &after, err))
        return false;
    snapshot_close(before);
    *snapshot = after;
    return true;
}

void snapshot_close(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        column_free(snapshot->columns[id]);
        labels_clear(&snapshot->labels[id]);
        name_list_clear(&snapshot->names[id]);
    }
    words_clear(&snapshot->words);
    day_column_clear(&snapshot->days);
    lengths_clear(&snapshot->lengths);
    docset_free(snapshot->all);
    postings_source_clear(&snapshot->source);
    cache_free(snapshot->frequent);
    cache_free(snapshot->skipped);
    cache_free(snapshot->stemmed);
    cache_free(snapshot->texts);
    counting_free(snapshot->counting);
    stems_clear(&snapshot->stems);
    vocabulary_close(snapshot->vocabulary);
    store_close(snapshot->store);
    word_list_free(snapshot->word_list);
    report_file_close(snapshot->word_streams);
    frequent_file_close(snapshot->frequent_file);
    xap_db_close(snapshot->db);
    generation_clear(&snapshot->generation);
    free(snapshot->revision_path);
    free(snapshot->index);
    free(snapshot);
}

const char *snapshot_name(const struct snapshot *snapshot)
{
    return snapshot->name;
}

bool snapshot_is_outdated(const struct snapshot *snapshot)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(snapshot->index, current);
    if (current[0] && strcmp(current, snapshot->generation.name) != 0)
        return true;
    /* A commit renames a new file over the old one, so its inode or its time differs. */
    const struct stat *then = &snapshot->revision;
    struct stat now;
    return stat(snapshot->revision_path, &now) == 0 &&
           (now.st_ino != then->st_ino || now.st_size != then->st_size ||
            now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != then->st_mtim.tv_nsec);
}

uint32_t snapshot_reports(const struct snapshot *snapshot)
{
    return snapshot->reports;
}

size_t snapshot_memory(const struct snapshot *snapshot)
{
    size_t bytes = words_memory(&snapshot->words) +
                   snapshot->all->word_count * sizeof snapshot->all->words[0] +
                   day_column_memory(&snapshot->days) +
                   ((size_t)snapshot->lengths.last + 1) * sizeof snapshot->lengths.of[0];
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (snapshot->columns[id])
            bytes += column_memory(snapshot->columns[id]) + labels_memory(&snapshot->labels[id]) +
                     name_list_memory(&snapshot->names[id]);
    return bytes;
}

size_t snapshot_cache_memory(const struct snapshot *snapshot)
{
    return cache_memory(snapshot->frequent) + cache_memory(snapshot->skipped) +
           cache_memory(snapshot->stemmed) + cache_memory(snapshot->texts) +
           counting_memory(snapshot->counting);
}

void snapshot_forget_questions(const struct snapshot *snapshot)
{
    cache_forget(snapshot->stemmed);
    cache_forget(snapshot->texts);
    counting_forget(snapshot->counting);
}

const struct vocabulary *snapshot_vocabulary(const struct snapshot *snapshot)
{
    return snapshot->vocabulary;
}

bool snapshot_read(const struct snapshot *snapshot, uint32_t docid, struct report *out,
                   struct error *err)
{
    char *text = NULL;
    size_t size;
    bool ok = store_read(snapshot->store, snapshot->db, docid, &text, &size, err) &&
              report_decode(text, size, out, err);
    free(text);
    return ok;
}

bool snapshot_report(const struct snapshot *snapshot, const char *id, struct report *out,
                     bool *found, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings;
    struct report report = {0};
    char term[FIELD_TERM_ROOM];
    uint32_t docid;
    size_t count = 0;
    field_term(&fields[FIELD_ID], id, strlen(id), term);
    if (!xap_postings_open(snapshot->db, term, &postings, &xapian))
        return error_set_xapian(err, snapshot->generation.database_path, &xapian);
    bool ok = xap_postings_read(postings, 1, &docid, NULL, NULL, &count, &xapian) ||
              error_set_xapian(err, snapshot->generation.database_path, &xapian);
    xap_postings_close(postings);
    ok = ok && (count == 0 || snapshot_read(snapshot, docid, &report, err));
    if (!ok)
        return false;
    *found = count > 0;
    *out = report;
    return true;
}
