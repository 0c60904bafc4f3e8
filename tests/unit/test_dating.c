#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/dating.h"
#include "schema/buffer.h"

static void finds(const char *path, const char *text, const char *wanted)
{
    struct date_anchor found = {DAY_NONE, PRECISION_DAY};
    char id[DAY_TEXT_ROOM];
    char *copy = malloc(strlen(text) + 1); /* so that a byte too many is seen */
    assert_non_null(copy);
    memcpy(copy, text, strlen(text));
    bool any = dating_find(path, copy, strlen(text), &found);
    free(copy);
    day_format_to(found.day, found.precision, id);
    if (strcmp(id, wanted) != 0 || any != (wanted[0] != '\0'))
        fail_msg("%s, \"%s\": '%s', not '%s'", path ? path : "-", text, id, wanted);
}

static void datelines(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"BAMAKO, Nov 15, 2023 (Reuters) - Troops left.", "2023-11-15"},
        {"BAMAKO, 15 November 2023 - Troops left.", "2023-11-15"},
        {"March 26, 2022 (Reuters) \u2014 Troops left.", "2022-03-26"},
        {"Port-au-Prince, 2023-11-15: Troops left.", "2023-11-15"},
        {"New York, NY | 15 November 2023 | Troops left.", "2023-11-15"},
        {"PARIS, le 3 mars 2021 (AFP) - Le convoi", "2021-03-03"},
        {"15 November 2023\nTroops left.", "2023-11-15"},
        {"15 November 2023", "2023-11-15"},
        {"BAMAKO, Nov 15 (Reuters) - Troops left.", ""},
        {"Troops left Bamako on 15 November 2023 - all of them.", ""},
        {"On 15 November 2023 troops left.", ""},
        {"BAMAKO (Reuters) - Troops left.\n\nNov 15, 2023 - more", ""},
        {"BAMAKO, February 30, 2023 - Troops left.", ""},
        {"BAMAKO, November 15-16, 2023 - Troops met.", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        finds(NULL, rows[i][0], rows[i][1]);
}

static void names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"2023-11-15-title.txt", "2023-11-15"},
        {"in/2022/2023_11_15.txt", "2023-11-15"},
        {"20231115.txt", "2023-11-15"},
        {"report-2023.11.15-final.txt", "2023-11-15"},
        {"2023-11.txt", "2023-11"},
        {"2023-11-title.txt", "2023-11"},
        {"2023.txt", "2023"},
        {"2023-title.txt", "2023"},
        {"2024-02-29.txt", "2024-02-29"},
        {"2023-02-29.txt", ""},
        {"2023-13-01.txt", ""},
        {"report-2023.txt", ""},
        {"a20231115.txt", ""},
        {"202311150.txt", ""},
        {"20231.txt", ""},
        {"1023-11-15.txt", ""},
        {"2023x.txt", ""},
        {"notes.txt", ""},
        {"2023-11-15/notes.txt", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        finds(rows[i][0], "Troops left.", rows[i][1]);
}

static void both(void **state)
{
    (void)state;
    finds("2023-11-16.txt", "BAMAKO, Nov 15, 2023 (Reuters) - Left.", "2023-11-15");
    finds("2023-11-16.txt", "BAMAKO, Nov 15 (Reuters) - Left.", "2023-11-16");
    finds("2023-wire.txt", "BAMAKO, Nov 15 (Reuters) - Left.", "2023-11-15");
    finds("2023-11.txt", "BAMAKO, Nov 15 (Reuters) - Left.", "2023-11");
    finds("2023-wire.txt", "BAMAKO, Feb 29 (Reuters) - Left.", "2023");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datelines),
        cmocka_unit_test(names),
        cmocka_unit_test(both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
