/* scratch.h: what the tests of the indexer share: a scratch directory a test, files in it, and
 * a small vocabulary.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "schema/error.h"

/* A call that must work; says the error where it does not. */
#define ok(call)                                                                                   \
    do {                                                                                           \
        struct error ok_err = {0};                                                                 \
        struct error *err = &ok_err;                                                               \
        if (!(call))                                                                               \
            fail_msg("%s: %s: %s", #call, ok_err.where, ok_err.text);                              \
    } while (0)

/* A call that must fail with 'expected', in one line of text. */
#define fails(expected, call)                                                                      \
    do {                                                                                           \
        struct error fails_err = {0};                                                              \
        struct error *err = &fails_err;                                                            \
        if (call)                                                                                  \
            fail_msg("%s: did not fail", #call);                                                   \
        if (fails_err.code != (expected))                                                          \
            fail_msg("%s: %s: %s", #call, error_code_name(fails_err.code), fails_err.text);        \
        assert_true(fails_err.text[0] != '\0');                                                    \
        assert_null(strchr(fails_err.text, '\n'));                                                 \
    } while (0)

/* A fresh directory at '*state', and its end. */
static inline int scratch_setup(void **state)
{
    char name[] = "/tmp/sitrep-test-XXXXXX";
    *state = mkdtemp(name) ? strdup(name) : NULL;
    return *state == NULL;
}

static inline int scratch_teardown(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", (char *)*state,
             (char *)*state);
    free(*state);
    return system(command);
}

/* The path of a file in the scratch directory, in one of a few static buffers. */
static inline const char *scratch_path(void **state, const char *name)
{
    static char paths[32][300];
    static unsigned next;
    char *path = paths[next++ % 32];
    snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
    return path;
}

/* Writes a file there, its directories included; its path, as above. */
static inline const char *scratch_bytes(void **state, const char *name, const char *bytes,
                                        size_t size)
{
    const char *path = scratch_path(state, name);
    char copy[300];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *at = copy + 1; (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = '\0';
        mkdir(copy, 0755);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *scratch_file(void **state, const char *name, const char *text)
{
    return scratch_bytes(state, name, text, strlen(text));
}

/* The directory of a vocabulary of two actors and three regions. */
static inline const char *scratch_vocabulary(void **state)
{
    scratch_file(state, "vocabulary/test.actors",
                 "actor: river-front\nlabel: RF\nkind: rebel-group\nname: River Front\n"
                 "name: RF | acronym\n\n"
                 "actor: hill-guard\nkind: militia\nname: Hill Guard\n");
    scratch_file(state, "vocabulary/test.regions",
                 "region: west\nkind: area\nname: Western Area\n\n"
                 "region: ZA\nkind: country\nparent: west\nname: Zanbar\n\n"
                 "region: ZA-1\nkind: division\nparent: ZA\nname: Lower Ford\n");
    return scratch_path(state, "vocabulary");
}

#endif
