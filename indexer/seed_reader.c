/* The seed form: one report a file, " date 2023-11-15 " and then the text. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/dating.h"
#include "indexer/reader.h"
#include "indexer/record.h"
#include "schema/tokenizer.h"

/* Bytes up to the text, '*day' the digits; 0 where it does not begin in the seed form. */
static size_t skip_head(const char *text, size_t size, const char **day)
{
    size_t at = 0;
    while (at < size && isspace((unsigned char)text[at]))
        at++;
    if (size - at < 5 || memcmp(text + at, "date", 4) != 0 || !isspace((unsigned char)text[at + 4]))
        return 0;
    at += 4;
    while (at < size && isspace((unsigned char)text[at]))
        at++;
    *day = text + at;
    while (at < size && !isspace((unsigned char)text[at]))
        at++;
    return at;
}

static bool seed_recognize(const char *head, size_t size)
{
    const char *day;
    return skip_head(head, size, &day) > 0 && isdigit((unsigned char)*day);
}

/* Without a head the date is the dateline's, else the file name's. */
static enum read_result parse_headless(const char *origin, const char *text, size_t size,
                                       struct report *out, struct error *why)
{
    struct date_anchor date;
    if (!dating_find(origin, text, size, &date)) {
        error_set(why, ERROR_DATA, NULL,
                  "does not begin with 'date YYYY-MM-DD', and has no date in a dateline or in its "
                  "name");
        return READ_REJECT;
    }
    out->day = date.day;
    out->precision = date.precision;
    return record_set(out, record_find("text", 4), text, size, why) ? READ_REPORT : READ_REJECT;
}

static enum read_result parse(const char *origin, const char *text, size_t size, struct report *out,
                              struct error *why)
{
    if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        error_set(why, ERROR_DATA, NULL, "is UTF-16; convert it to UTF-8");
        return READ_REJECT;
    }
    const char *day = NULL;
    size_t at = skip_head(text, size, &day);
    if (at == 0)
        return parse_headless(origin, text, size, out, why);
    size_t day_size = (size_t)(text + at - day);
    return record_set(out, record_find("date", 4), day, day_size, why) &&
                   record_set(out, record_find("text", 4), text + at, size - at, why)
               ? READ_REPORT
               : READ_REJECT;
}

static enum read_result seed_next(struct reader *reader, struct report *out, struct error *why)
{
    const char *text;
    size_t size;
    enum read_result result = reader_whole(reader, &text, &size, why);
    return result == READ_REPORT ? parse(reader->origin, text, size, out, why) : result;
}

const struct format seed_format = {
    .name = "seed",
    .extensions = ".txt",
    .help = "one report a file: 'date YYYY-MM-DD', then the text",
    .recognize = seed_recognize,
    .next = seed_next,
};
