#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/field.h"
#include "schema/generation.h"

/* ---- help: an index folder a test ------------------------------------------------- */

static char index_path[200];

static const char *in_index(const char *name)
{
    static char paths[4][400];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", index_path, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(index_path, "/tmp/sitrep-test-XXXXXX");
    return mkdtemp(index_path) && mkdir(in_index("generations"), 0777) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", index_path);
    return system(command);
}

static void write_manifest(const char *name, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "generations/%s", name);
    assert_true(mkdir(in_index(path), 0777) == 0 || errno == EEXIST);
    snprintf(path, sizeof path, "generations/%s/manifest.json", name);
    FILE *file = fopen(in_index(path), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void publish(const char *target)
{
    unlink(in_index("current"));
    assert_int_equal(symlink(target, in_index("current")), 0);
}

#define MANIFEST                                                                                   \
    "{\"generation\": \"000042\", \"schema_version\": \"" SCHEMA_VERSION                           \
    "\", \"vocabulary_hash\": \"abc\", "                                                           \
    "\"created\": \"2026-11-22T08:00:00Z\", \"reports\": 118, \"options\": {}, \"files\": "        \
    "{\"database/iamglass\": {\"bytes\": 1, \"sha256\": \"0\"}}, \"later\": true}"

static void fails(enum error_code code, const char *says)
{
    struct generation generation = {.reports = 77};
    struct error err = {0};
    assert_false(generation_current(index_path, &generation, &err));
    assert_int_equal(err.code, code);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say '%s'", err.text, says);
    assert_int_equal(generation.reports, 77); /* untouched */
}

/* ---- tests ------------------------------------------------------------------------- */

static void current_is_opened(void **state)
{
    (void)state;
    struct generation generation;
    struct error err = {0};
    char name[GENERATION_NAME_ROOM];
    write_manifest("000042", MANIFEST);
    publish("generations/000042");
    if (!generation_current(index_path, &generation, &err))
        fail_msg("%s: %s", err.where, err.text);
    assert_string_equal(generation.name, "000042");
    assert_string_equal(generation.path, in_index("generations/000042"));
    assert_string_equal(generation.database_path, in_index("generations/000042/database"));
    assert_string_equal(generation.vocabulary_path, in_index("generations/000042/vocabulary"));
    assert_int_equal(generation.reports, 118);
    assert_int_equal(generation.created, 1795334400);
    assert_string_equal(generation.schema_version, SCHEMA_VERSION);
    assert_string_equal(generation.vocabulary_hash, "abc");
    generation_current_name(index_path, name);
    assert_string_equal(name, "000042");
    generation_clear(&generation);
    assert_null(generation.path);
    generation_clear(&generation);
}

static void no_index(void **state)
{
    (void)state;
    fails(ERROR_NO_INPUT, "sitrep-index build --index /tmp/sitrep-test-");
    struct generation generation;
    struct error err = {0};
    assert_false(generation_current("/nowhere/at/all", &generation, &err));
    assert_int_equal(err.code, ERROR_NO_INPUT);
    char name[GENERATION_NAME_ROOM] = "x";
    generation_current_name("/nowhere/at/all", name);
    assert_string_equal(name, "");
}

static void current_that_leads_nowhere(void **state)
{
    (void)state;
    publish("generations/000042");
    fails(ERROR_CORRUPT, "000042");
    publish("generations");
    fails(ERROR_CORRUPT, "not a link to a generation");
    publish("../../etc/passwd");
    char name[GENERATION_NAME_ROOM];
    generation_current_name(index_path, name);
    assert_string_equal(name, "");
    publish("generations/0123456789012345"); /* one digit too many */
    generation_current_name(index_path, name);
    assert_string_equal(name, "");
    unlink(in_index("current"));
    assert_int_equal(mkdir(in_index("current"), 0777), 0);
    fails(ERROR_CORRUPT, "not a link to a generation");
}

static void bad_manifests(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
        enum error_code code;
    } rows[] = {
        {"{", "", "cannot read the manifest", ERROR_CORRUPT},
        {"\"000042\"", "\"000041\"", "'generation'", ERROR_CORRUPT},
        {"\"" SCHEMA_VERSION "\", \"v", "1, \"v", "'schema_version'", ERROR_CORRUPT},
        {"\"" SCHEMA_VERSION "\", \"v", "\"12345678901234567890\", \"v", "'schema_version'",
         ERROR_CORRUPT},
        {"\"" SCHEMA_VERSION "\", \"v", "\"1\", \"v", "schema version 1", ERROR_VERSION},
        {"vocabulary_hash", "other", "'vocabulary_hash'", ERROR_CORRUPT},
        {"08:00:00Z", "08:00:00Zulu", "'created'", ERROR_CORRUPT},
        {"2026-11-22T", "2026-13-22T", "'created'", ERROR_CORRUPT},
        {"118", "-1", "'reports'", ERROR_CORRUPT},
        {"118", "1.5", "'reports'", ERROR_CORRUPT},
    };
    publish("generations/000042");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1000];
        const char *at = strstr(MANIFEST, rows[i].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - MANIFEST), MANIFEST, rows[i].to,
                 at + strlen(rows[i].from));
        write_manifest("000042", text);
        fails(rows[i].code, rows[i].says);
    }
    unlink(in_index("generations/000042/manifest.json"));
    fails(ERROR_CORRUPT, "cannot read the manifest");
}

static void opened_by_name(void **state)
{
    (void)state;
    struct generation generation;
    struct error err = {0};
    write_manifest("000042", MANIFEST);
    assert_true(generation_open(index_path, "000042", &generation, &err));
    generation_clear(&generation);
    assert_false(generation_open(index_path, "000043", &generation, &err));
    assert_int_equal(err.code, ERROR_NO_INPUT);
    static const char *const wrong[] = {"", "../000042", "00004x", "0123456789012345"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error_clear(&err);
        assert_false(generation_open(index_path, wrong[i], &generation, &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
}

static void list_is_in_order(void **state)
{
    (void)state;
    static const char *const made[] = {"000003", "1000000", "000001", "999999", "building.tmp"};
    static const char *const expected[] = {"000001", "000003", "999999", "1000000"};
    char **names = NULL;
    size_t count = 77;
    struct error err = {0};
    assert_true(generation_list(index_path, &names, &count, &err));
    assert_int_equal(count, 0);
    free(names);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        write_manifest(made[i], "");
    assert_true(generation_list(index_path, &names, &count, &err));
    assert_int_equal(count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(names[i], expected[i]);
        free(names[i]);
    }
    free(names);
    assert_false(generation_list("/nowhere/at/all", &names, &count, &err));
    assert_int_equal(err.code, ERROR_NO_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(current_is_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(current_that_leads_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_manifests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opened_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(list_is_in_order, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
