#include "schema/vocabulary_syntax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Lower-case ASCII letters and digits, parted by single hyphens. */
bool syntax_is_slug(const char *text)
{
    bool after_hyphen = true;
    for (; *text; text++) {
        if (*text == '-' && after_hyphen)
            return false;
        if (*text != '-' && !is_lower(*text) && !is_digit(*text))
            return false;
        after_hyphen = *text == '-';
    }
    return !after_hyphen;
}

/* ISO 3166-2 with the hyphen: the part after the country's. */
bool syntax_is_division(const char *id)
{
    if (!is_upper(id[0]) || !is_upper(id[1]) || id[2] != '-')
        return false;
    size_t size = 0;
    for (const char *at = id + 3; *at; at++, size++)
        if (!is_upper(*at) && !is_digit(*at))
            return false;
    return size >= 1 && size <= 3;
}

static bool is_country(const char *id)
{
    return is_upper(id[0]) && is_upper(id[1]) && id[2] == '\0';
}

/* DIVISION-OR-COUNTRY.slug */
bool syntax_is_place(const char *id)
{
    const char *dot = strchr(id, '.');
    char region[8];
    if (!dot || (size_t)(dot - id) >= sizeof region || !syntax_is_slug(dot + 1))
        return false;
    memcpy(region, id, (size_t)(dot - id));
    region[dot - id] = '\0';
    return is_country(region) || syntax_is_division(region);
}

/* The kinds of region, and how the ids of each look. */
static const struct region_kind region_kinds[] = {
    {"area", syntax_is_slug, "a lower-case name such as liptako-gourma"},
    {"country", is_country, "an ISO 3166-1 code such as ML"},
    {"division", syntax_is_division, "an ISO 3166-2 code such as ML-7"},
    {"place", syntax_is_place,
     "the code of its division or country, a dot and a name: ML-7.ansongo"},
};

const struct region_kind *syntax_region_kind(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(region_kinds); i++)
        if (strcmp(region_kinds[i].kind, kind) == 0)
            return &region_kinds[i];
    return NULL;
}

/* A whole number in 'digits' places or fewer; -1 for anything else. */
static int number(const char *text, size_t size, size_t digits)
{
    int value = 0;
    if (size == 0 || size > digits)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* YYYY, YYYY-MM or YYYY-MM-DD: its first and last day; false for anything else. */
static bool read_period(const char *text, day_t *first, day_t *last)
{
    size_t size = strlen(text);
    int year = number(text, size < 4 ? size : 4, 4);
    int month = size > 4 && text[4] == '-' ? number(text + 5, size < 7 ? 0 : 2, 2) : 0;
    int day = size > 7 && text[7] == '-' ? number(text + 8, size - 8, 2) : 0;
    if ((size != 4 && size != 7 && size != 10) || year < 1 || month < (size >= 7) || month > 12 ||
        day < (size == 10))
        return false;
    unsigned m = (unsigned)month, d = (unsigned)day;
    *first = day_from_civil(year, m ? m : 1, d ? d : 1);
    if (*first == DAY_NONE)
        return false;
    if (d)
        *last = *first;
    else if (m && m < 12)
        *last = day_from_civil(year, m + 1, 1) - 1;
    else
        *last = day_from_civil(year, 12, 31);
    return true;
}

/* FROM..TO, either end may be missing. */
bool syntax_span(char *text, day_t *from, day_t *to)
{
    char *dots = strstr(text, "..");
    if (!dots || (dots == text && dots[2] == '\0'))
        return false;
    *dots = '\0';
    day_t other;
    *from = *to = DAY_NONE;
    return (*text == '\0' || read_period(text, from, &other)) &&
           (dots[2] == '\0' || read_period(dots + 2, &other, to));
}

/* "JNIM": one word of two to eight capitals and digits. */
bool syntax_looks_like_acronym(const char *text)
{
    size_t size = 0, capitals = 0;
    for (; text[size]; size++) {
        if (!is_upper(text[size]) && !is_digit(text[size]))
            return false;
        capitals += is_upper(text[size]);
    }
    return capitals >= 2 && size <= 8;
}

/* Two letters, or several such parted by commas. */
bool syntax_is_languages(const char *text)
{
    for (; is_lower(text[0]) && is_lower(text[1]); text += 3) {
        if (text[2] == '\0')
            return true;
        if (text[2] != ',')
            return false;
    }
    return false;
}

/* A decimal number, at most 'limit' either way; NaN for anything else. */
double syntax_degrees(const char *text, double limit)
{
    char *end;
    bool plain = *text == '-' || is_digit(*text);
    double value = strtod(text, &end);
    return plain && *end == '\0' && fabs(value) <= limit ? value : (double)NAN;
}

bool syntax_population(const char *text, uint32_t *out)
{
    uint64_t value = 0;
    for (const char *at = text; *at; at++) {
        if (!is_digit(*at) || at - text >= 10)
            return false;
        value = value * 10 + (uint64_t)(*at - '0');
    }
    if (value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}
