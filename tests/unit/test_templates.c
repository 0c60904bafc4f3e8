#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi/mustache.h"
#include "fcgi/templates.h"
#include "schema/buffer.h"

/* One template, rendered from JSON in single quotes. */
static char *render(const char *template, const char *json)
{
    struct error err = {0};
    struct mustache *mustache = NULL;
    char *out = NULL, *quoted = strdup(json);
    size_t size;

    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *view = json_loads(quoted, 0, NULL);
    assert_non_null(view);
    assert_true(mustache_open("test", template, &mustache, &err));
    assert_true(mustache_render(mustache, view, &out, &size, &err));
    assert_int_equal(size, strlen(out));
    mustache_close(mustache);
    json_decref(view);
    free(quoted);
    return out;
}

static void test_render(void **state)
{
    static const struct {
        const char *template, *json, *page;
    } rows[] = {
        {"a {{b}} c", "{'b': 'B'}", "a B c"},
        {"{{b}}", "{'b': '<a href=\\\"x\\\">&\\u0027'}", "&lt;a href=&quot;x&quot;&gt;&amp;&apos;"},
        {"{{b}}", "{'b': 12}", "12"},
        {"{{b}}", "{'b': null}", ""},
        {"{{b}}", "{}", ""},
        {"{{#b}}y{{/b}}{{^b}}n{{/b}}", "{'b': true}", "y"},
        {"{{#b}}y{{/b}}{{^b}}n{{/b}}", "{'b': null}", "n"},
        {"{{#b}}y{{/b}}{{^b}}n{{/b}}", "{'b': []}", "n"},
        {"{{#b}}{{c}},{{/b}}", "{'b': [{'c': 1}, {'c': 2}]}", "1,2,"},
        {"{{#b}}{{#c}}<i>{{t}}</i>{{/c}}{{^c}}{{t}}{{/c}}{{/b}}",
         "{'b': [{'c': false, 't': 'a'}, {'c': true, 't': 'b'}]}", "a<i>b</i>"},
        {"{{b}}", "{'b': '{{c}}', 'c': 'no'}", "{{c}}"},
        {"{{#b}}{{.}};{{/b}}", "{'b': ['x', 2]}", "x;2;"},
        {"{{#b}}{{c}}{{d}}{{/b}}{{d}}", "{'b': {'c': 1, 'd': 2}, 'd': 3}", "123"},
        {"{{#b}}{{#c}}{{x}}{{y}}{{/c}}{{/b}}", "{'x': 0, 'b': [{'y': 1, 'c': [{'x': 2}, {}]}]}",
         "2101"},
        {"{{#b}}{{b}}{{/b}}", "{'b': 'once'}", "once"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *page = render(rows[i].template, rows[i].json);
        assert_string_equal(page, rows[i].page);
        free(page);
    }
}

static void test_wrong_template(void **state)
{
    struct error err = {0};
    struct mustache *mustache = NULL;
    (void)state;
    assert_false(mustache_open("name", "{{#open}}", &mustache, &err));
    assert_int_equal(err.code, ERROR_DATA);
    assert_string_equal(err.where, "name");
    assert_null(mustache);
    mustache_close(NULL);
}

/* A directory of templates of its own. */

static char directory[64];

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    char path[96];
    (void)state;
    strcpy(directory, "/tmp/sitrep-templates-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/templates", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/static", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file("static/style.css", "a{}");
    write_file("templates/search.html", "{{> part}}search {{x}}{{> part}}");
    write_file("templates/report.html", "report");
    write_file("templates/error.html", "");
    write_file("templates/part.html", "[{{y}}]");
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return system(command);
}

static void test_includes(void **state)
{
    struct templates *templates = NULL;
    struct error err = {0};
    char *page = NULL, version[17];
    size_t size;

    (void)state;
    assert_true(templates_open(directory, &templates, &err));
    json_t *view = json_pack("{s:s, s:s}", "x", "<X>", "y", "Y");
    assert_true(templates_render(templates, TEMPLATE_SEARCH, view, &page, &size, &err));
    assert_string_equal(page, "[Y]search &lt;X&gt;[Y]");
    free(page);
    assert_true(templates_render(templates, TEMPLATE_ERROR, view, &page, &size, &err));
    assert_string_equal(page, "");
    free(page);
    json_decref(view);
    strcpy(version, templates_version(templates));
    assert_int_equal(strlen(version), 16);
    templates_close(templates);

    /* A change to the looks is another version. */
    write_file("static/style.css", "b{}");
    assert_true(templates_open(directory, &templates, &err));
    assert_string_not_equal(templates_version(templates), version);
    templates_close(templates);
}

static void refuse(enum error_code code, const char *name)
{
    struct templates *templates = NULL;
    struct error err = {0};
    assert_false(templates_open(directory, &templates, &err));
    assert_int_equal(err.code, code);
    if (!strstr(err.where, name))
        fail_msg("'%s' is not in '%s'", name, err.where);
    assert_null(templates);
}

static void test_refusals(void **state)
{
    (void)state;
    write_file("templates/search.html", "{{> missing}}");
    refuse(ERROR_NO_INPUT, "missing.html");
    write_file("templates/search.html", "{{> part");
    refuse(ERROR_DATA, "search.html");
    write_file("templates/search.html", "{{> search}}");
    refuse(ERROR_DATA, "search.html");
    write_file("templates/search.html", "{{#a}}{{/b}}");
    refuse(ERROR_DATA, "search");
    strcat(directory, "x");
    refuse(ERROR_NO_INPUT, "search.html");
    directory[strlen(directory) - 1] = '\0';
}

/* The templates of this house open, and none lets text through unescaped. */
static void test_own_templates(void **state)
{
    struct templates *templates = NULL;
    struct error err = {0};
    (void)state;
    if (!templates_open("web", &templates, &err))
        fail_msg("%s: %s", err.where, err.text);
    templates_close(templates);
    assert_int_not_equal(system("grep -lE '\\{\\{\\{|\\{\\{&|\\{\\{=' web/templates/*.html"), 0);
    assert_int_not_equal(system("grep -liE ' style=| on[a-z]+=|<script|javascript:' "
                                "web/templates/*.html web/static/*.html"),
                         0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_wrong_template),
        cmocka_unit_test_setup_teardown(test_includes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
        cmocka_unit_test(test_own_templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
