/* test_xap.h: what the tests of the bindings share: a scratch directory a test. */
#ifndef TEST_XAP_H
#define TEST_XAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xapian/xap.h"

/* A call that must work; says the error where it does not. */
#define ok(call)                                                                                   \
    do {                                                                                           \
        struct xap_error ok_err = {.code = XAP_OK};                                                \
        struct xap_error *err = &ok_err;                                                           \
        if (!(call))                                                                               \
            fail_msg("%s: %s: %s", #call, xap_code_name(ok_err.code), ok_err.text);                \
    } while (0)

/* A call that must fail with 'expected', in one line of text. */
#define fails(expected, call)                                                                      \
    do {                                                                                           \
        struct xap_error fails_err = {.code = XAP_OK};                                             \
        struct xap_error *err = &fails_err;                                                        \
        if (call)                                                                                  \
            fail_msg("%s: did not fail", #call);                                                   \
        if (fails_err.code != (expected))                                                          \
            fail_msg("%s: %s: %s", #call, xap_code_name(fails_err.code), fails_err.text);          \
        assert_true(fails_err.text[0] != '\0');                                                    \
        assert_null(strchr(fails_err.text, '\n'));                                                 \
    } while (0)

/* A fresh directory at '*state', and its end. */
static inline int scratch_setup(void **state)
{
    char name[] = "/tmp/xap-test-XXXXXX";
    *state = mkdtemp(name) == NULL ? NULL : strdup(name);
    return *state == NULL;
}

static inline int scratch_teardown(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return system(command);
}

/* The path of a file in the scratch directory, in one of a few static buffers. */
static inline const char *scratch_path(void **state, const char *name)
{
    static char paths[8][200];
    static unsigned turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
    return path;
}

#endif
