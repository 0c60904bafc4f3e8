/* Every folder of tests/cases/reports: an input file of bad reports, and in 'error' the lines
 * that the readers say about it. Reports that are good make no line.
 */
#include <dirent.h>

#include "indexer/reader.h"
#include "schema/buffer.h"
#include "tests/unit/scratch.h"

#define CASES "tests/cases/reports"

static char *read_file(const char *path)
{
    struct buffer text = {0};
    char bytes[4096];
    size_t size;
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        buffer_append(&text, bytes, size);
    fclose(file);
    return buffer_take(&text, NULL);
}

/* The file of a case whose name begins so. */
static void find_input(const char *folder, char *out, size_t room)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    out[0] = '\0';
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strncmp(entry->d_name, "input", 5) == 0)
            snprintf(out, room, "%s/%.60s", folder, entry->d_name);
    closedir(directory);
    if (!out[0])
        fail_msg("%s has no input", folder);
}

/* What the reader rejects, a line each, without the folder. */
static char *rejects_of(const char *folder)
{
    char path[400];
    struct buffer text = {0};
    struct tally ignored = {0};
    struct input *input = NULL;
    struct reader *reader = NULL;
    bool known = false;
    find_input(folder, path, sizeof path);
    ok(input_open(path, &input, err));
    ok(reader_open(input, path, strrchr(path, '/') + 1, &ignored, &reader, &known, err));
    assert_true(known);
    struct report report = {0};
    for (;;) {
        struct error why = {0};
        enum read_result result = reader_next(reader, &report, &why);
        report_clear(&report);
        if (result == READ_END)
            break;
        if (result == READ_REJECT)
            buffer_format(&text, "%s: %s\n", strrchr(why.where, '/') + 1, why.text);
    }
    reader_close(reader);
    input_close(input);
    return buffer_take(&text, NULL);
}

static void every_case_says_what_it_should(void **state)
{
    (void)state;
    DIR *cases = opendir(CASES);
    assert_non_null(cases);
    size_t count = 0, wrong = 0;
    for (const struct dirent *entry; (entry = readdir(cases)) != NULL;) {
        char folder[300], path[400];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(folder, sizeof folder, "%s/%s", CASES, entry->d_name);
        snprintf(path, sizeof path, "%s/error", folder);
        char *expected = read_file(path), *got = rejects_of(folder);
        if (strcmp(expected, got) != 0) {
            print_message("%s\nexpected:\n%sgot:\n%s\n", folder, expected, got);
            wrong++;
        }
        free(expected);
        free(got);
        count++;
    }
    closedir(cases);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_says_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
