/* Parameters out of the first bytes of a connection, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/environment.h"
#include "tests/http/fastcgi.h"

/* Reads a copy of the bytes, which has nothing behind it: a sanitizer sees what is read past the
 * end. The variables, each in a line; NULL where they were refused. */
static char *read_all(const char *bytes, size_t size)
{
    unsigned char *copy = malloc(size + !size);
    char *variables[ENVIRONMENT_ROOM];
    struct buffer out = {0};

    assert_non_null(copy);
    if (size > 0)
        memcpy(copy, bytes, size);
    bool ok = environment_read(copy, size, variables);
    buffer_text(&out, "");
    for (size_t i = 0; ok && variables[i]; i++)
        buffer_format(&out, "%s\n", variables[i]);
    free(copy);
    char *text = buffer_take(&out, NULL);
    if (ok)
        return text;
    free(text);
    return NULL;
}

static void assert_read(const struct buffer *bytes, const char *expected)
{
    assert_false(bytes->failed);
    char *text = read_all(bytes->bytes, bytes->size);
    if (!text)
        fail_msg("refused, where it has %s", expected);
    assert_string_equal(text, expected);
    free(text);
}

static void test_whole(void **state)
{
    struct buffer bytes = {0};

    (void)state;
    fastcgi_get(&bytes, "/search?q=peace");
    assert_read(&bytes, "REQUEST_METHOD=GET\nREQUEST_URI=/search?q=peace\n");
    /* What follows the parameters does not matter. */
    buffer_text(&bytes, "anything");
    assert_read(&bytes, "REQUEST_METHOD=GET\nREQUEST_URI=/search?q=peace\n");
    buffer_free(&bytes);
}

/* Every beginning of a request that lacks something is refused. */
static void test_cut_off(void **state)
{
    struct buffer bytes = {0};

    (void)state;
    fastcgi_get(&bytes, "/search.json?q=peace");
    size_t whole = bytes.size - FCGI_HEADER_LEN; /* without the end of the input */
    for (size_t size = 0; size < whole; size++)
        assert_null(read_all(bytes.bytes, size));
    char *text = read_all(bytes.bytes, whole);
    assert_non_null(text);
    free(text);
    buffer_free(&bytes);
}

/* Records may end within a name, a value or a length. */
static void test_many_records(void **state)
{
    char value[300], expected[400];
    struct buffer pairs = {0};

    (void)state;
    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    fastcgi_pair(&pairs, "LONG", value);
    fastcgi_pair(&pairs, "", "");
    fastcgi_pair(&pairs, "EMPTY", "");
    snprintf(expected, sizeof(expected), "LONG=%s\n=\nEMPTY=\n", value);
    for (size_t piece = 1; piece <= pairs.size; piece++) {
        struct buffer bytes = {0};
        fastcgi_begin(&bytes);
        for (size_t at = 0; at < pairs.size; at += piece)
            fastcgi_record(&bytes, FCGI_PARAMS, pairs.bytes + at,
                           piece < pairs.size - at ? piece : pairs.size - at, piece % 5);
        fastcgi_record(&bytes, FCGI_PARAMS, "", 0, 7);
        assert_read(&bytes, expected);
        buffer_free(&bytes);
    }
    buffer_free(&pairs);
}

static void test_none(void **state)
{
    struct buffer bytes = {0};

    (void)state;
    fastcgi_begin(&bytes);
    fastcgi_record(&bytes, FCGI_PARAMS, "", 0, 0);
    assert_read(&bytes, "");
    buffer_free(&bytes);
}

static void test_room(void **state)
{
    struct buffer pairs = {0};

    (void)state;
    for (size_t count = 1; count <= ENVIRONMENT_ROOM; count++) {
        struct buffer bytes = {0};
        fastcgi_pair(&pairs, "A", "b");
        fastcgi_begin(&bytes);
        fastcgi_record(&bytes, FCGI_PARAMS, pairs.bytes, pairs.size, 0);
        fastcgi_record(&bytes, FCGI_PARAMS, "", 0, 0);
        char *text = read_all(bytes.bytes, bytes.size);
        if (count < ENVIRONMENT_ROOM) {
            assert_non_null(text);
            assert_int_equal(strlen(text), 4 * count);
        } else {
            assert_null(text);
        }
        free(text);
        buffer_free(&bytes);
    }
    buffer_free(&pairs);
}

static void test_broken_pairs(void **state)
{
    static const struct {
        const char *content;
        size_t size;
    } rows[] = {
        {"\x01", 1},             /* no length of the value */
        {"\x80\x00\x00", 3},     /* half a length */
        {"\x01\x80\x00\x00", 4}, /* the same, of the value */
        {"\x02\x00"
         "a",
         3}, /* a name that is longer than what is there */
        {"\x01\x02"
         "ab",
         4}, /* such a value */
        {"\xff\xff\xff\xff\xff\xff\xff\xff"
         "ab",
         10}, /* both, by a lot */
        {"\x01\xff\xff\xff\xff"
         "ab",
         7},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buffer bytes = {0};
        fastcgi_begin(&bytes);
        fastcgi_record(&bytes, FCGI_PARAMS, rows[i].content, rows[i].size, 0);
        fastcgi_record(&bytes, FCGI_PARAMS, "", 0, 0);
        assert_null(read_all(bytes.bytes, bytes.size));
        buffer_free(&bytes);
    }
}

/* Each byte of the records' headers, changed, that must not be. */
static void test_broken_records(void **state)
{
    static const struct {
        size_t at;
        char byte;
    } rows[] = {
        {0, 2},                    /* version */
        {1, FCGI_PARAMS},          /* no beginning */
        {3, 0},                    /* of the connection, no request */
        {3, 2},                    /* another request's */
        {16 + 0, 9},               /* version */
        {16 + 1, FCGI_STDIN},      /* no parameters */
        {16 + 1, FCGI_GET_VALUES}, /* a question of the server's */
        {16 + 2, 1},               /* another request's */
    };
    struct buffer bytes = {0};

    (void)state;
    fastcgi_get(&bytes, "/");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char before = bytes.bytes[rows[i].at];
        bytes.bytes[rows[i].at] = rows[i].byte;
        assert_null(read_all(bytes.bytes, bytes.size));
        bytes.bytes[rows[i].at] = before;
    }
    assert_read(&bytes, "REQUEST_METHOD=GET\nREQUEST_URI=/\n");
    buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),          cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_many_records),   cmocka_unit_test(test_none),
        cmocka_unit_test(test_room),           cmocka_unit_test(test_broken_pairs),
        cmocka_unit_test(test_broken_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
