#include "search/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search/answer.h"
#include "search/answer_text.h"
#include "search/snapshot_private.h"

#define CHANGES_SHOWN 10u

/* ---- facets ------------------------------------------------------------- */

struct change {
    char value[FIELD_TERM_ROOM];
    uint32_t before, after;
};

struct drift {
    struct change *changes;
    size_t count, room;
    size_t values; /* compared, changed or not */
};

static bool add_change(struct drift *drift, const char *value, uint32_t before, uint32_t after,
                       struct error *err)
{
    drift->values++;
    if (before == after)
        return true;
    if (!array_reserve(&drift->changes, &drift->room, drift->count + 1, sizeof *drift->changes))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    struct change *change = &drift->changes[drift->count++];
    *change = (struct change){.before = before, .after = after};
    strncpy(change->value, value, sizeof change->value - 1);
    return true;
}

static uint32_t size_of(const struct change *change)
{
    return change->after > change->before ? change->after - change->before
                                          : change->before - change->after;
}

/* The largest first. */
static int compare_changes(const void *a, const void *b)
{
    const struct change *left = a, *right = b;
    if (size_of(left) != size_of(right))
        return size_of(left) > size_of(right) ? -1 : 1;
    return strcmp(left->value, right->value);
}

static void put_drift(const char *name, struct drift *drift, struct buffer *out)
{
    if (drift->count > 0)
        qsort(drift->changes, drift->count, sizeof *drift->changes, compare_changes);
    buffer_format(out, "%s: %zu of %zu values changed\n", name, drift->count, drift->values);
    for (size_t i = 0; i < drift->count && i < CHANGES_SHOWN; i++) {
        const struct change *change = &drift->changes[i];
        buffer_text(out, "  ");
        answer_text_plain(change->value, out);
        buffer_format(out, "  %u -> %u\n", change->before, change->after);
    }
    if (drift->count > CHANGES_SHOWN)
        buffer_format(out, "  and %zu more\n", drift->count - CHANGES_SHOWN);
    free(drift->changes);
}

/* Both columns have their values in byte order. */
static bool compare_columns(const struct column *before, const struct column *after,
                            struct drift *drift, struct error *err)
{
    size_t i = 0, j = 0, left = column_value_count(before), right = column_value_count(after);
    bool ok = true;
    while (ok && (i < left || j < right)) {
        int order = i == left    ? 1
                    : j == right ? -1
                                 : strcmp(column_value(before, i), column_value(after, j));
        const char *value = order <= 0 ? column_value(before, i) : column_value(after, j);
        uint32_t then = order <= 0 ? column_total(before, i) : 0;
        uint32_t now = order >= 0 ? column_total(after, j) : 0;
        ok = add_change(drift, value, then, now, err);
        i += order <= 0;
        j += order >= 0;
    }
    return ok;
}

static bool compare_years(const struct snapshot *before, const struct snapshot *after,
                          struct drift *drift, struct error *err)
{
    bool ok = true;
    for (int year = 1; ok && year <= 9999; year++) {
        day_t from = day_from_civil(year, 1, 1), to = day_from_civil(year, 12, 31);
        uint32_t then = day_column_count(&before->days, from, to);
        uint32_t now = day_column_count(&after->days, from, to);
        char value[16];
        snprintf(value, sizeof value, "%04d", year);
        if (then > 0 || now > 0)
            ok = add_change(drift, value, then, now, err);
    }
    return ok;
}

bool comparison_facets(const struct snapshot *before, const struct snapshot *after,
                       struct buffer *out, struct error *err)
{
    buffer_format(out, "%s -> %s: %u -> %u reports\n", snapshot_name(before), snapshot_name(after),
                  snapshot_reports(before), snapshot_reports(after));
    bool ok = true;
    for (enum field_id id = 0; ok && id < FIELD_COUNT; id++) {
        struct drift drift = {0};
        if (!before->columns[id] || !after->columns[id])
            continue;
        ok = compare_columns(before->columns[id], after->columns[id], &drift, err);
        put_drift(fields[id].name, &drift, out);
    }
    struct drift years = {0};
    ok = ok && compare_years(before, after, &years, err);
    put_drift("year", &years, out);
    return ok;
}

/* ---- questions ---------------------------------------------------------- */

static bool read_line(const char *line, struct question *question, struct error *err)
{
    const char *query = line[0] == '?' ? line + 1 : line;
    if (!question_init(question, err))
        return false;
    bool ok = query > line ? question_parse_url(query, strlen(query), question, err)
                           : question_set(question, "q", line, err);
    return ok && question_check(question, err);
}

/* The place of a hit, from 1; 0 for none. */
static size_t place_of(const struct answer *answer, const char *id)
{
    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].id, id) == 0)
            return i + 1;
    return 0;
}

static void put_hit(char sign, size_t place, const struct hit *hit, struct buffer *out)
{
    buffer_format(out, "  %c %zu. ", sign, place);
    answer_text_plain(hit->title, out);
    buffer_text(out, " (");
    answer_text_plain(hit->id, out);
    buffer_text(out, ")\n");
}

static void put_hits(const struct answer *before, const struct answer *after, struct buffer *out)
{
    size_t moved = 0;
    for (size_t i = 0; i < before->hit_count; i++)
        if (!place_of(after, before->hits[i].id))
            put_hit('-', i + 1, &before->hits[i], out);
    for (size_t i = 0; i < after->hit_count; i++) {
        size_t place = place_of(before, after->hits[i].id);
        if (place == 0)
            put_hit('+', i + 1, &after->hits[i], out);
        moved += place > 0 && place != i + 1;
    }
    if (moved > 0)
        buffer_format(out, "  %zu of the others have another place\n", moved);
}

bool comparison_question(const struct snapshot *before, const struct snapshot *after,
                         const char *line, struct buffer *out, struct error *err)
{
    struct question question = {0};
    struct answer *then = NULL, *now = NULL;
    struct error fault = {0};
    answer_text_plain(line, out);
    bool ok = read_line(line, &question, &fault);
    if (ok)
        ok = answer_make(before, &question, &then, &fault) &&
             answer_make(after, &question, &now, &fault);
    if (ok) {
        buffer_format(out, ": %u -> %u reports\n", then->total, now->total);
        put_hits(then, now, out);
    } else if (fault.code == ERROR_USAGE || fault.code == ERROR_LIMIT || fault.code == ERROR_DATA) {
        buffer_format(out, ": no question: %s%s%s\n", fault.where, *fault.where ? ": " : "",
                      fault.text);
        ok = true;
    } else {
        error_set(err, fault.code, fault.where, "%s", fault.text);
    }
    answer_free(then);
    answer_free(now);
    question_clear(&question);
    return ok;
}
