/* test_xap.h: what the tests of the bindings share: a scratch directory a test. */
#ifndef TEST_XAP_H
#define TEST_XAP_H

#include <math.h>
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

#define assert_close(got, expected) assert_true(fabs((got) - (expected)) < 1e-9)

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

/* A document of the words in 'words' (parted by spaces) with positions from 1. */
static inline struct xap_document *words_document(const char *words)
{
    struct xap_document *doc = NULL;
    ok(xap_document_new(&doc, err));
    char copy[500], *rest = copy, *word;
    snprintf(copy, sizeof copy, "%s", words);
    for (uint32_t position = 1; (word = strsep(&rest, " ")) != NULL; position++)
        if (*word != '\0')
            ok(xap_document_add_posting(doc, word, position, 1, err));
    return doc;
}

static inline uint32_t add_words(struct xap_writer *writer, const char *words)
{
    struct xap_document *doc = words_document(words);
    uint32_t docid = 0;
    ok(xap_writer_add(writer, doc, &docid, err));
    xap_document_free(doc);
    return docid;
}

static inline struct xap_writer *new_writer(const char *path)
{
    struct xap_writer *writer = NULL;
    ok(xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, err));
    return writer;
}

static inline void commit_and_close(struct xap_writer *writer)
{
    ok(xap_writer_commit(writer, err));
    xap_writer_close(writer);
}

/* 5,000 documents, each with 'all' and a term of its own from t0000 on: too many for
 * one block. */
static inline void add_many(struct xap_writer *writer)
{
    for (int i = 0; i < 5000; i++) {
        char words[20];
        snprintf(words, sizeof words, "all t%04d", i);
        add_words(writer, words);
    }
}

static inline void make_large(const char *path)
{
    struct xap_writer *writer = new_writer(path);
    add_many(writer);
    commit_and_close(writer);
}

static inline struct xap_db *open_db(const char *path)
{
    struct xap_db *db = NULL;
    ok(xap_db_open(path, &db, err));
    return db;
}

#define scratch_test(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

#endif
