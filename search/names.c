#include "search/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/query_dates.h"
#include "search/snapshot_private.h"

bool names_is_used(const struct snapshot *snapshot, enum field_id field, const char *value,
                   bool *out, struct error *err)
{
    struct xap_error xapian = {0};
    char term[FIELD_TERM_ROOM];
    uint32_t freq;
    field_term(&fields[field], value, strlen(value), term);
    if (!xap_db_term_freq(snapshot->db, term, &freq, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *out = freq > 0;
    return true;
}

static bool is_known(const struct snapshot *snapshot, enum field_id field, const char *value,
                     bool *out, struct error *err)
{
    *out = labels_concept(snapshot->vocabulary, field, value);
    return *out || names_is_used(snapshot, field, value, out, err);
}

static const struct concept *find_name(const struct vocabulary *vocabulary, enum field_id field,
                                       const char *value)
{
    if (field == FIELD_ACTOR)
        return vocabulary_find_name(vocabulary, MENTION_ACTOR, value);
    if (field == FIELD_REGION)
        return vocabulary_find_name(vocabulary, MENTION_REGION, value);
    return NULL;
}

/* "August 2020" as reports are tagged with it; false for what is no day, month or year. */
static bool read_mentioned(const char *value, char out[DAY_TEXT_ROOM])
{
    day_t from, to;
    if (!dates_read_period(value, strlen(value), &from, &to))
        return false;
    enum precision precision = from == to       ? PRECISION_DAY
                               : to - from < 31 ? PRECISION_MONTH
                                                : PRECISION_YEAR;
    day_format_to(from, precision, out);
    return true;
}

static int same_case(int c)
{
    return c;
}

bool names_resolve(const struct snapshot *snapshot, enum field_id field, const char *value,
                   char **out, struct error *err)
{
    static int (*const cases[])(int) = {same_case, tolower, toupper};
    bool known = false;
    char *id = strdup(value);
    if (!id)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    size_t tries = field == FIELD_ID ? 1 : ARRAY_LEN(cases); /* an id is what it is */
    for (size_t i = 0; i < tries && !known; i++) {
        for (size_t at = 0; value[at]; at++)
            if ((unsigned char)value[at] < 0x80)
                id[at] = (char)cases[i]((unsigned char)value[at]);
        if (!is_known(snapshot, field, id, &known, err)) {
            free(id);
            return false;
        }
    }
    if (!known) {
        const struct concept *concept = find_name(snapshot->vocabulary, field, value);
        char date[DAY_TEXT_ROOM];
        bool is_date = field == FIELD_MENTIONED && read_mentioned(value, date);
        free(id);
        id = strdup(concept ? concept->id : is_date ? date : value);
        if (!id)
            return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    *out = id;
    return true;
}
