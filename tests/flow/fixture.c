#include "tests/flow/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "indexer/files.h"
#include "indexer/frequent_choice.h"
#include "indexer/frequent_lists.h"
#include "indexer/frequent_merge.h"
#include "indexer/publication.h"
#include "indexer/report_writer.h"
#include "indexer/word_choice.h"
#include "schema/generation.h"
#include "schema/vocabulary.h"
#include "schema/word_list.h"

bool fixture_init(struct fixture *fixture, const char *actors, const char *regions,
                  struct error *err)
{
    snprintf(fixture->path, sizeof fixture->path, "/tmp/sitrep-test-XXXXXX");
    fixture->actors = actors;
    fixture->regions = regions;
    return mkdtemp(fixture->path) || error_set_errno(err, ERROR_CREATE, NULL, "mkdtemp");
}

void fixture_clear(struct fixture *fixture)
{
    if (fixture->path[0])
        files_remove_tree(fixture->path, NULL);
    fixture->path[0] = '\0';
}

/* As the indexer chooses them, out of all reports. */
static bool set_words(struct xap_writer *writer, const struct report *reports, size_t count,
                      struct error *err)
{
    struct xap_error xapian = {0};
    struct word_choice *choice;
    if (!word_choice_new(&choice, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = word_choice_count(choice, &reports[i], err);
    char *text = ok ? word_choice_make(choice) : NULL;
    ok = text && (xap_writer_set_metadata(writer, WORD_LIST_KEY, text, strlen(text), &xapian) ||
                  error_set_xapian(err, "fixture", &xapian));
    free(text);
    word_choice_free(choice);
    return ok;
}

static bool new_kit(struct xap_writer *writer, struct frequent_lists *lists,
                    struct document_kit **out, struct error *err)
{
    struct xap_error xapian = {0};
    char *words;
    if (!xap_db_metadata(xap_writer_db(writer), WORD_LIST_KEY, &words, NULL, &xapian))
        return error_set_xapian(err, "fixture", &xapian);
    bool ok =
        document_kit_new(NULL, 0, out, err) && document_kit_set_words(*out, words, lists, err);
    free(words);
    return ok;
}

/* Their words and frequent terms go to the files; both NULL: into the database, as of reports that
 * are added later. */
static bool add_reports(struct xap_writer *writer, struct report_writer *file,
                        struct frequent_lists *lists, const struct report *reports, size_t count,
                        struct error *err)
{
    static const unsigned char hash[SPOOL_HASH_BYTES] = {0};
    struct xap_error xapian = {0};
    struct document_kit *kit = NULL;
    bool ok = new_kit(writer, lists, &kit, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct xap_document *document = NULL;
        ok = document_make(kit, &reports[i], hash, &document, err) &&
             (!file || (report_writer_add(file, document_words(kit), document_text(kit), err) &&
                        frequent_lists_keep(lists, (uint32_t)i + 1, err))) &&
             (((file || document_embed(kit, document, &xapian)) &&
               xap_writer_add(writer, document, NULL, &xapian)) ||
              error_set_xapian(err, "fixture", &xapian));
        xap_document_free(document);
    }
    document_kit_free(kit);
    return ok && (xap_writer_commit(writer, &xapian) || error_set_xapian(err, "fixture", &xapian));
}

/* As the indexer chooses them, out of all reports. */
static bool choose_frequent(struct xap_writer *writer, const struct report *reports, size_t count,
                            struct frequent_lists **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct frequent_choice *choice = NULL;
    char *words = NULL, *terms = NULL;
    bool ok = xap_db_metadata(xap_writer_db(writer), WORD_LIST_KEY, &words, NULL, &xapian) ||
              error_set_xapian(err, "fixture", &xapian);
    ok = ok && frequent_choice_new(words, &choice, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = frequent_choice_count(choice, &reports[i], err);
    terms = ok ? frequent_choice_make(choice) : NULL;
    ok = ok && terms && frequent_lists_new(terms, out, err);
    frequent_choice_free(choice);
    free(terms);
    free(words);
    return ok;
}

/* As of one segment. */
static bool write_frequent(const char *directory, const struct frequent_lists *lists, size_t count,
                           struct error *err)
{
    struct frequent_merge *merge = NULL;
    char *segment = files_join(directory, "segment", err);
    char *path = segment ? files_join(segment, GENERATION_FREQUENT, err) : NULL;
    bool ok = path && files_make_directory(segment, err) &&
              frequent_lists_write(lists, path, (uint32_t)count, err) &&
              frequent_merge_begin(directory, &segment, 1, &merge, err) &&
              frequent_merge_finish(merge, err) && files_remove_tree(segment, err);
    frequent_merge_close(merge);
    free(path);
    free(segment);
    return ok;
}

static bool write_database(const char *directory, const struct report *reports, size_t count,
                           struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_writer *writer = NULL;
    struct report_writer *files = NULL;
    struct frequent_lists *lists = NULL;
    char *path = files_join(directory, "database", err);
    bool ok = path && ((xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, &xapian) &&
                        xap_writer_set_metadata(writer, SCHEMA_VERSION_KEY, SCHEMA_VERSION,
                                                strlen(SCHEMA_VERSION), &xapian)) ||
                       error_set_xapian(err, path, &xapian));
    ok = ok && set_words(writer, reports, count, err) &&
         choose_frequent(writer, reports, count, &lists, err) &&
         report_writer_open(directory, &files, err) &&
         add_reports(writer, files, lists, reports, count, err) &&
         report_writer_finish(files, err) && write_frequent(directory, lists, count, err);
    report_writer_close(files);
    frequent_lists_free(lists);
    xap_writer_close(writer);
    free(path);
    return ok;
}

static bool write_file(const char *directory, const char *name, const char *text, struct error *err)
{
    char *path = text ? files_join(directory, name, err) : NULL;
    bool ok = !text || (path && files_write(path, text, strlen(text), err));
    free(path);
    return ok;
}

/* Writes the vocabulary and tells its hash. */
static bool write_vocabulary(const struct fixture *fixture, const char *directory, char hash[65],
                             struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    char *path = files_join(directory, "vocabulary", err);
    bool ok = path && files_make_directory(path, err) &&
              write_file(path, "test.actors", fixture->actors, err) &&
              write_file(path, "test.regions", fixture->regions, err) &&
              vocabulary_open(path, &vocabulary, err);
    if (ok)
        snprintf(hash, 65, "%s", vocabulary_hash(vocabulary));
    vocabulary_close(vocabulary);
    free(path);
    return ok;
}

bool fixture_publish(struct fixture *fixture, const struct report *reports, size_t count,
                     struct error *err)
{
    struct publication *publication = NULL;
    char hash[65], name[GENERATION_NAME_ROOM];
    bool ok =
        publication_open(fixture->path, &publication, err) && publication_begin(publication, err);
    const char *directory = ok ? publication_directory(publication) : NULL;
    ok = ok && write_database(directory, reports, count, err) &&
         write_vocabulary(fixture, directory, hash, err);
    struct manifest_facts facts = {
        .vocabulary_hash = hash, .reports = count, .seen = count, .accepted = count};
    ok = ok && publication_publish(publication, &facts, PUBLICATION_KEEP, name, err);
    publication_close(publication);
    return ok;
}

static bool open_current(const struct fixture *fixture, struct xap_writer **writer,
                         struct error *err)
{
    struct xap_error xapian = {0};
    struct generation generation = {0};
    bool ok =
        generation_current(fixture->path, &generation, err) &&
        (xap_writer_open(generation.database_path, XAP_OPEN, XAP_NO_SYNC, 0, writer, &xapian) ||
         error_set_xapian(err, fixture->path, &xapian));
    generation_clear(&generation);
    return ok;
}

bool fixture_add(struct fixture *fixture, const struct report *reports, size_t count,
                 struct error *err)
{
    struct xap_writer *writer = NULL;
    bool ok =
        open_current(fixture, &writer, err) && add_reports(writer, NULL, NULL, reports, count, err);
    xap_writer_close(writer);
    return ok;
}

bool fixture_delete(struct fixture *fixture, const char *id, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_writer *writer = NULL;
    char term[FIELD_TERM_ROOM];
    document_id_term(id, term);
    bool ok =
        open_current(fixture, &writer, err) &&
        ((xap_writer_delete_term(writer, term, &xapian) && xap_writer_commit(writer, &xapian)) ||
         error_set_xapian(err, fixture->path, &xapian));
    xap_writer_close(writer);
    return ok;
}

bool fixture_plain(const struct fixture *fixture, const struct report *reports, size_t count,
                   struct xap_writer **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_writer *writer = NULL;
    char *path = files_join(fixture->path, "plain", err);
    bool ok = path &&
              (xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, &xapian) ||
               error_set_xapian(err, path, &xapian)) &&
              add_reports(writer, NULL, NULL, reports, count, err);
    free(path);
    if (ok)
        *out = writer;
    else
        xap_writer_close(writer);
    return ok;
}

bool fixture_report(const char *id, const char *date, const char *title, const char *body,
                    struct report *out, struct error *err)
{
    struct report report = {
        .id = strdup(id),
        .title = title ? strdup(title) : NULL,
        .body = strdup(body),
        .body_size = strlen(body),
        .day = date ? day_parse(date, strlen(date)) : DAY_NONE,
    };
    if (!report.id || !report.body || (title && !report.title)) {
        report_clear(&report);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    if (!report_complete(&report, err)) {
        report_clear(&report);
        return false;
    }
    *out = report;
    return true;
}
