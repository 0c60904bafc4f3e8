/* JSON as it is written, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "search/json_writer.h"

static void expect(struct json_writer *json, const char *wanted)
{
    assert_false(json->out->failed);
    assert_string_equal(json->out->bytes, wanted);
    buffer_free(json->out);
}

static void members_and_commas(void **state)
{
    struct buffer out = {0};
    struct json_writer json = {.out = &out};
    (void)state;
    json_begin(&json, NULL, '{');
    json_write_integer(&json, "n", UINT64_MAX);
    json_begin(&json, "list", '[');
    json_begin(&json, NULL, '{');
    json_end(&json, '}');
    json_begin(&json, NULL, '[');
    json_end(&json, ']');
    json_write_null(&json, NULL);
    json_write_bool(&json, NULL, false);
    json_end(&json, ']');
    json_write_bool(&json, "b", true);
    json_write_text(&json, "none", NULL);
    json_write_integer(&json, "zero", 0);
    json_write_link(&json, "href", "/search", "q=a%22b");
    json_write_link(&json, "all", "/search", "");
    json_end(&json, '}');
    expect(&json, "{\"n\":18446744073709551615,\"list\":[{},[],null,false],\"b\":true,"
                  "\"none\":null,\"zero\":0,\"href\":\"/search?q=a%22b\",\"all\":\"/search\"}");
}

static void texts_are_escaped(void **state)
{
    static const char *const texts[][2] = {
        {"", "\"\""},
        {"plain / text", "\"plain / text\""},
        {"say \"yes\"", "\"say \\\"yes\\\"\""},
        {"C:\\", "\"C:\\\\\""},
        {"a\nb\tc\r\b\f", "\"a\\nb\\tc\\r\\b\\f\""},
        {"\x01\x1f", "\"\\u0001\\u001f\""},
        {"M\xc3\xa9naka", "\"M\xc3\xa9naka\""},
        {"bad \xff byte", "\"bad \xef\xbf\xbd byte\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buffer out = {0};
        struct json_writer json = {.out = &out};
        json_write_text(&json, NULL, texts[i][0]);
        expect(&json, texts[i][1]);
    }
}

static void reals_are_reals(void **state)
{
    struct buffer out = {0};
    struct json_writer json = {.out = &out};
    (void)state;
    json_write_real(&json, NULL, 0, 1e6);
    json_write_real(&json, NULL, 2.0 / 3, 1e6);
    json_write_real(&json, NULL, 12.00004, 1e4);
    json_write_real(&json, NULL, 1e-6, 1e6);
    expect(&json, "0.0,0.666667,12.0,1e-06");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_commas),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(reals_are_reals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
