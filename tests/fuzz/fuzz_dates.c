/* In any bytes the dates found lie in order inside the text, are days that are, and come back
 * from their written form. The first three bytes choose the report's day. */
#include <stdlib.h>

#include "indexer/dates.h"
#include "indexer/dating.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"
#include "tests/fuzz/fuzz.h"

struct check {
    size_t size;
    uint32_t end;
};

static void check_day(day_t day, enum precision precision)
{
    char text[DAY_TEXT_ROOM], id[DAY_TEXT_ROOM];
    FUZZ_CHECK(day >= DAY_MIN && day <= DAY_MAX && precision < PRECISION_COUNT);
    day_t first = precision == PRECISION_YEAR    ? day_intervals[INTERVAL_YEAR].trunc(day)
                  : precision == PRECISION_MONTH ? day_intervals[INTERVAL_MONTH].trunc(day)
                                                 : day;
    FUZZ_CHECK(first == day);
    FUZZ_CHECK(day_parse(day_format(day, text), 10) == day);
    day_format_to(day, precision, id);
}

static bool take(void *context, const struct date *date)
{
    struct check *check = context;
    FUZZ_CHECK(date->begin >= check->end && date->begin < date->end && date->end <= check->size);
    FUZZ_CHECK(date->confidence > 0 && date->confidence <= 100);
    FUZZ_CHECK(dates_rule(date->rule) != NULL);
    check_day(date->day, date->precision);
    check->end = date->end;
    return true;
}

static size_t cut(const char *text, size_t size, struct word **words)
{
    struct tokenizer tokenizer;
    struct token token;
    size_t count = 0, room = 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        FUZZ_CHECK(array_reserve(words, &room, count + 1, sizeof **words));
        (*words)[count++] = (struct word){.begin = (uint32_t)token.begin,
                                          .end = (uint32_t)token.end,
                                          .flags = (uint16_t)token.flags};
    }
    tokenizer_end(&tokenizer);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const char *text = (const char *)data + 3;
    struct check check = {.size = size - 3};
    struct word *words = NULL;
    size_t count = cut(text, check.size, &words);
    struct date_anchor anchor = {(day_t)(data[0] | data[1] << 8), data[2] % PRECISION_COUNT};
    if (data[2] & 0x80)
        anchor.day = data[2] & 0x40 ? DAY_NONE : DAY_MAX - data[0];
    else if (data[2] & 0x40)
        anchor.day = DAY_MIN + data[0];
    FUZZ_CHECK(dates_find(text, check.size, words, count, anchor, take, &check));
    free(words);
    struct date_anchor found;
    if (dating_find(NULL, text, check.size, &found))
        check_day(found.day, found.precision);
    return 0;
}
