#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/frequent_writer.h"
#include "indexer/publication.h"
#include "indexer/report_writer.h"
#include "indexer/verification.h"
#include "schema/field.h"
#include "tests/unit/scratch.h"
#include "xapian/xap.h"

#define NO_WORDS "\xff\xff" /* the stream of a report that has none */

/* The files of so many reports, each with these words and this text. */
static void make_files(const char *directory, unsigned reports, const char *stream,
                       const char *stored)
{
    struct report_writer *writer = NULL;
    struct buffer words = {0}, text = {0};
    buffer_text(&words, stream);
    buffer_text(&text, stored);
    ok(report_writer_open(directory, &writer, err));
    for (unsigned i = 0; i < reports; i++)
        ok(report_writer_add(writer, &words, &text, err));
    ok(report_writer_finish(writer, err));
    report_writer_close(writer);
    buffer_free(&words);
    buffer_free(&text);
}

/* And their file of frequent terms: one that all have, once each. */
static void make_frequent(const char *directory, const char *term, bool alone, uint32_t reports)
{
    char *path = files_join(directory, GENERATION_FREQUENT, NULL);
    struct frequent_writer *writer = NULL;
    uint32_t docids[16] = {0}, wdfs[ARRAY_LEN(docids)] = {0};
    assert_in_range(reports, 0, ARRAY_LEN(docids));
    for (uint32_t i = 0; i < reports; i++) {
        docids[i] = i + 1;
        wdfs[i] = alone;
    }
    ok(frequent_writer_open(path, reports, &writer, err));
    ok(frequent_writer_add(writer, term, alone, docids, wdfs, reports, err));
    ok(frequent_writer_finish(writer, err));
    frequent_writer_close(writer);
    free(path);
}

/* A database of 'reports' documents, as if a build had made it. */
static void make_database(const char *directory, unsigned reports)
{
    char *path = files_join(directory, "database", NULL);
    struct xap_writer *writer = NULL;
    struct xap_document *doc = NULL;
    assert_true(xap_writer_open(path, XAP_CREATE, 0, 0, &writer, NULL));
    assert_true(xap_document_new(&doc, NULL));
    assert_true(xap_document_add_posting(doc, "word", 1, 1, NULL));
    assert_true(xap_document_add_term(doc, "Lfr", 0, NULL));
    for (unsigned i = 0; i < reports; i++)
        assert_true(xap_writer_add(writer, doc, NULL, NULL));
    assert_true(xap_writer_set_metadata(writer, SCHEMA_VERSION_KEY, SCHEMA_VERSION,
                                        strlen(SCHEMA_VERSION), NULL));
    assert_true(xap_writer_commit(writer, NULL));
    xap_document_free(doc);
    xap_writer_close(writer);
    free(path);
    make_files(directory, reports, NO_WORDS, "text");
    make_frequent(directory, "Lfr", false, reports);
}

static struct verification sound;
static const struct manifest_facts facts = {
    .vocabulary_hash = "abc", .reports = 3, .seen = 4, .accepted = 3, .rejected = 1};

/* A generation of three reports that is not published yet. */
static struct publication *begin(const char *index)
{
    struct publication *publication = NULL;
    ok(publication_open(index, &publication, err));
    ok(publication_begin(publication, err));
    make_database(publication_directory(publication), 3);
    return publication;
}

/* Publishing must find it damaged; with what words. Ends the publication. */
static struct error refuse(struct publication *publication)
{
    struct error fault = {0};
    char name[GENERATION_NAME_ROOM];
    assert_false(publication_publish(publication, &facts, 3, name, &fault));
    assert_int_equal(fault.code, ERROR_CORRUPT);
    publication_close(publication);
    return fault;
}

/* Publishes a generation of three reports; its name. */
static const char *publish(const char *index, unsigned keep)
{
    static char name[GENERATION_NAME_ROOM];
    struct publication *publication = begin(index);
    ok(publication_publish(publication, &facts, keep, name, err));
    publication_close(publication);
    return name;
}

static void expect_current(const char *index, const char *expected)
{
    char name[GENERATION_NAME_ROOM];
    generation_current_name(index, name);
    assert_string_equal(name, expected);
}

static size_t kept(const char *index)
{
    char **names = NULL;
    size_t count = 0;
    ok(generation_list(index, &names, &count, err));
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return count;
}

static void publishes_one_after_the_other(void **state)
{
    const char *index = scratch_path(state, "new/index");
    assert_string_equal(publish(index, 3), "000001");
    struct generation generation = {0};
    ok(generation_current(index, &generation, err));
    assert_int_equal(generation.reports, 3);
    assert_string_equal(generation.vocabulary_hash, "abc");
    ok(verification_run(generation.path, &sound, err));
    generation_clear(&generation);
    assert_string_equal(publish(index, 3), "000002");
    expect_current(index, "000002");
    assert_int_equal(access(scratch_path(state, "new/index/building"), F_OK), -1);
}

/* What was written wrong has the right hash: it is looked into before it is published. */
static void wrong_files_are_not_published(void **state)
{
    static const struct {
        unsigned reports;
        const char *stream, *stored, *said;
    } rows[] = {{3, "\xff\xff\x7f", "text", "the words of report number 1 are damaged"},
                {2, NO_WORDS, "text", "the words of report number 3 are missing"},
                {3, NO_WORDS, "", "does not have the text of each report"}};
    const char *index = scratch_path(state, "index");
    publish(index, 3);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct publication *publication = begin(index);
        make_files(publication_directory(publication), rows[i].reports, rows[i].stream,
                   rows[i].stored);
        struct error fault = refuse(publication);
        if (!strstr(fault.text, rows[i].said))
            fail_msg("%s", fault.text);
        expect_current(index, "000001");
    }
}

/* Nor is a list that has the right hash and not the database's reports. */
static void wrong_lists_are_not_published(void **state)
{
    struct publication *publication = begin(scratch_path(state, "index"));
    char *path = files_join(publication_directory(publication), GENERATION_FREQUENT, NULL);
    FILE *file = fopen(path, "r+");
    assert_int_equal(fgetc(file), 0xe); /* reports 1 to 3 */
    rewind(file);
    fputc(0x6, file);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(refuse(publication).text,
                        "the list of Lfr is not what belongs to the database");
    free(path);
}

/* What a list has alone is not in the database, but in the lengths of its documents. */
static void lists_and_database_are_one(void **state)
{
    static const struct {
        const char *term;
        bool alone;
        uint32_t reports;
        const char *said;
    } rows[] = {
        {"Lfr", true, 3, "the list of Lfr is not what belongs to the database"},
        {"Lde", false, 3, "the list of Lde is not what belongs to the database"},
        {"Zword", true, 3, "the lists do not have what the database lacks"},
        {"Lfr", false, 2, "is not of as many reports as the texts"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct publication *publication = begin(scratch_path(state, "index"));
        make_frequent(publication_directory(publication), rows[i].term, rows[i].alone,
                      rows[i].reports);
        assert_string_equal(refuse(publication).text, rows[i].said);
    }
}

static void keeps_the_newest(void **state)
{
    const char *index = scratch_path(state, "index");
    for (int i = 0; i < 5; i++)
        publish(index, 2);
    assert_int_equal(kept(index), 2);
    expect_current(index, "000005");
}

static void rolls_back_and_prunes(void **state)
{
    const char *index = scratch_path(state, "index");
    char name[GENERATION_NAME_ROOM];
    size_t removed = 9;
    for (int i = 0; i < 4; i++)
        publish(index, 9);
    struct publication *publication = NULL;
    ok(publication_open(index, &publication, err));
    ok(publication_rollback(publication, NULL, name, err));
    assert_string_equal(name, "000003");
    expect_current(index, "000003");
    ok(publication_rollback(publication, "000001", name, err));
    expect_current(index, "000001");
    fails(ERROR_NO_INPUT, publication_rollback(publication, NULL, name, err));
    fails(ERROR_NO_INPUT, publication_rollback(publication, "000009", name, err));
    fails(ERROR_USAGE, publication_rollback(publication, "../x", name, err));
    expect_current(index, "000001");
    ok(publication_prune(publication, 1, &removed, err)); /* the current one stays */
    assert_int_equal(removed, 2);
    assert_int_equal(kept(index), 2);
    publication_close(publication);
    assert_string_equal(publish(index, 9), "000005"); /* no number is used twice */
}

/* What must not be published is not, and what was published before stays. */
static void refuses_what_is_not_whole(void **state)
{
    const char *index = scratch_path(state, "index");
    publish(index, 3);
    char name[GENERATION_NAME_ROOM] = "untouched";
    struct publication *publication = NULL;
    ok(publication_open(index, &publication, err));
    ok(publication_begin(publication, err));
    fails(ERROR_CORRUPT, publication_publish(publication, &facts, 3, name, err));
    ok(publication_begin(publication, err));
    make_database(publication_directory(publication), 2); /* one lost on the way */
    fails(ERROR_CORRUPT, publication_publish(publication, &facts, 3, name, err));
    publication_close(publication);
    assert_string_equal(name, "untouched");
    expect_current(index, "000001");
    assert_int_equal(kept(index), 1);
}

static void one_writer_at_a_time(void **state)
{
    const char *index = scratch_path(state, "index");
    struct publication *first = NULL, *second = NULL;
    assert_int_equal(publication_writer(index), 0);
    ok(publication_open(index, &first, err));
    struct error locked = {0};
    assert_false(publication_open(index, &second, &locked));
    assert_int_equal(locked.code, ERROR_LOCKED);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
    assert_non_null(strstr(locked.text, pid));
    assert_null(second);
    assert_int_equal(publication_writer(index), getpid());
    publication_close(first);
    assert_int_equal(publication_writer(index), 0);
    ok(publication_open(index, &second, err));
    publication_close(second);
    publication_close(NULL);
}

/* A lock held by a process that is killed is gone with it. */
static void a_dead_writer_holds_no_lock(void **state)
{
    const char *index = scratch_path(state, "index");
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct publication *publication = NULL;
        bool done = publication_open(index, &publication, NULL) &&
                    publication_begin(publication, NULL) && write(ready[1], "x", 1) == 1;
        pause();
        _exit(done);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(publication_writer(index), pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_string_equal(publish(index, 3), "000001");
}

/* Every file of a generation changed, one at a time, in one bit; one removed; one added. */
static void a_changed_file_is_found(void **state)
{
    const char *index = scratch_path(state, "index");
    publish(index, 3);
    char *directory = strdup(scratch_path(state, "index/generations/000001"));
    char **paths = NULL;
    size_t count = 0, changed = 0;
    ok(files_list(directory, &paths, &count, err));
    for (size_t i = 0; i < count; i++) {
        char *path = files_join(directory, paths[i], NULL);
        FILE *file = fopen(path, "r+");
        int byte = fgetc(file);
        if (byte != EOF && strcmp(paths[i], "manifest.json") != 0) {
            rewind(file);
            fputc(byte ^ 1, file);
            fflush(file);
            struct error found = {0};
            assert_false(verification_run(directory, &sound, &found));
            assert_int_equal(found.code, ERROR_CORRUPT);
            assert_non_null(strstr(found.text, paths[i]));
            rewind(file);
            fputc(byte, file);
            changed++;
        }
        fclose(file);
        free(path);
    }
    assert_true(changed >= 3);
    files_list_free(paths, count);
    ok(verification_run(directory, &sound, err));
    const char *extra = scratch_file(state, "index/generations/000001/extra", "");
    fails(ERROR_CORRUPT, verification_run(directory, &sound, err));
    assert_int_equal(remove(extra), 0);
    assert_int_equal(remove(scratch_path(state, "index/generations/000001/database/iamglass")), 0);
    fails(ERROR_CORRUPT, verification_run(directory, &sound, err));
    free(directory);
}

static void where_no_index_can_be(void **state)
{
    struct publication *publication = NULL;
    scratch_file(state, "file", "");
    fails(ERROR_CREATE, publication_open(scratch_path(state, "file/index"), &publication, err));
    fails(ERROR_CREATE, publication_open(scratch_path(state, "file"), &publication, err));
    assert_null(publication);
    assert_int_equal(publication_writer(scratch_path(state, "absent")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(publishes_one_after_the_other, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(wrong_files_are_not_published, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(lists_and_database_are_one, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(wrong_lists_are_not_published, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(keeps_the_newest, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(rolls_back_and_prunes, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_whole, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(one_writer_at_a_time, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_dead_writer_holds_no_lock, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_changed_file_is_found, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(where_no_index_can_be, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
