/* The count contract: random questions, asked of search/ and of the oracle. All totals, all
 * facet values, the histogram and the order of the hits must agree, and a facet value or a
 * bucket that is clicked must give the total it promised.
 *
 *   test_oracle [--seed N] [--questions N] [--reports N] [--index DIR]
 *
 * Without an index it makes its own. A failure prints the seed and the smallest question it
 * could find that still fails.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/buffer.h"
#include "schema/generation.h"
#include "schema/limits.h"
#include "schema/store.h"
#include "search/answer.h"
#include "tests/flow/asking.h"
#include "tests/flow/fixture.h"
#include "tests/flow/generated.h"
#include "tests/flow/oracle.h"
#include "xapian/xap.h"

#define BUCKETS_MAX 1000 /* of an interval that was asked for */

struct trial {
    struct oracle *oracle;
    struct snapshot *snapshot;
    struct dice dice; /* for the values that are clicked */
    bool exact_words; /* the oracle does not know the vocabulary */
    unsigned clicks, limits;
    uint64_t matches;
};

/* Writes the first difference into 'why'. */
#define DIFFERS(why, ...)                                                                          \
    do {                                                                                           \
        buffer_format(why, __VA_ARGS__);                                                           \
        return false;                                                                              \
    } while (0)

/* ---- facets -------------------------------------------------------------------------- */

static const struct facet *find_facet(const struct answer *answer, enum field_id field)
{
    for (size_t i = 0; i < answer->facet_count; i++)
        if (answer->facets[i].field == field)
            return &answer->facets[i];
    return NULL;
}

static uint32_t expected_count(const struct expected *expected, enum field_id field,
                               const char *value)
{
    for (size_t i = 0; i < expected->value_counts[field]; i++)
        if (strcmp(expected->values[field][i].value, value) == 0)
            return expected->values[field][i].reports;
    return 0;
}

static bool is_chosen(const struct ask *ask, enum field_id field, bool exclude, const char *value)
{
    for (size_t i = 0; i < ask->filter_count; i++)
        if (ask->filters[i].field == field && ask->filters[i].exclude == exclude &&
            strcmp(ask->filters[i].value, value) == 0)
            return true;
    return false;
}

static bool compare_value(const struct ask *ask, const struct expected *expected,
                          enum field_id field, const struct facet_value *value, struct buffer *why)
{
    const char *name = fields[field].name;
    uint32_t wanted = expected_count(expected, field, value->value);
    if (value->reports != wanted)
        DIFFERS(why, "%s %s: %u reports, not %u", name, value->value, value->reports, wanted);
    if (value->selected != is_chosen(ask, field, false, value->value) ||
        value->excluded != is_chosen(ask, field, true, value->value))
        DIFFERS(why, "%s %s: wrongly marked as chosen or not", name, value->value);
    if (value->reports == 0 && !value->selected && !value->excluded)
        DIFFERS(why, "%s %s: listed without a report", name, value->value);
    return true;
}

static bool compare_facet(const struct ask *ask, const struct expected *expected,
                          const struct facet *facet, struct buffer *why)
{
    enum field_id field = facet->field;
    const char *name = fields[field].name;
    uint64_t sum = facet->other;
    size_t listed = 0;
    for (size_t i = 0; i < facet->value_count; i++) {
        const struct facet_value *value = &facet->values[i], *before = value - (i > 0);
        if (!compare_value(ask, expected, field, value, why))
            return false;
        if (before->reports < value->reports ||
            (before->reports == value->reports && strcmp(before->label, value->label) > 0))
            DIFFERS(why, "%s: %s stands before %s", name, before->value, value->value);
        sum += value->reports;
        listed += value->reports > 0;
    }
    for (size_t i = 0; i < expected->value_counts[field]; i++)
        sum -= expected->values[field][i].reports;
    if (sum != 0)
        DIFFERS(why, "%s: listed and other counts add up to something else", name);
    if (facet->total_values != expected->value_counts[field])
        DIFFERS(why, "%s: %zu values, not %zu", name, facet->total_values,
                expected->value_counts[field]);
    if (facet->truncated != (listed < facet->total_values))
        DIFFERS(why, "%s: truncated is wrong", name);
    for (size_t i = 0; i < ask->filter_count; i++) {
        size_t at = 0;
        if (ask->filters[i].field != field)
            continue;
        while (at < facet->value_count &&
               strcmp(facet->values[at].value, ask->filters[i].value) != 0)
            at++;
        if (at == facet->value_count)
            DIFFERS(why, "%s: the chosen %s is not listed", name, ask->filters[i].value);
    }
    return true;
}

/* ---- dates --------------------------------------------------------------------------- */

/* The number of the interval that a day lies in, by the C library's calendar. */
static int32_t interval_number(enum interval_id id, day_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    switch (id) {
    case INTERVAL_DAY:
        return day;
    case INTERVAL_WEEK: /* from Monday; day 0 was a Thursday */
        return (day + 3 + 7 * 1000000) / 7;
    case INTERVAL_MONTH:
        return (parts.tm_year + 1900) * 12 + parts.tm_mon;
    default:
        return parts.tm_year + 1900;
    }
}

static bool find_span(const struct ask *ask, const struct expected *expected, day_t *first,
                      day_t *last)
{
    *first = *last = DAY_NONE;
    for (uint32_t i = 0; i < expected->total; i++) {
        day_t day = expected->days[i];
        if (day != DAY_NONE && (*first == DAY_NONE || day < *first))
            *first = day;
        if (day != DAY_NONE && (*last == DAY_NONE || day > *last))
            *last = day;
    }
    if (ask->from != DAY_NONE)
        *first = ask->from > expected->index_first ? ask->from : expected->index_first;
    if (ask->to != DAY_NONE)
        *last = ask->to < expected->index_last ? ask->to : expected->index_last;
    return expected->index_first != DAY_NONE && *first != DAY_NONE && *last != DAY_NONE &&
           *first <= *last;
}

static enum interval_id expected_interval(const struct ask *ask, day_t first, day_t last)
{
    int32_t months = interval_number(INTERVAL_MONTH, last) - interval_number(INTERVAL_MONTH, first);
    if (ask->interval)
        return (enum interval_id)(interval_find(ask->interval) - day_intervals);
    if (ask->from == DAY_NONE && ask->to == DAY_NONE)
        return months + 1 <= 120 ? INTERVAL_MONTH : INTERVAL_YEAR;
    day_t span = last - first + 1;
    return span <= 31       ? INTERVAL_DAY
           : span <= 26 * 7 ? INTERVAL_WEEK
           : span <= 3653   ? INTERVAL_MONTH
                            : INTERVAL_YEAR;
}

static bool compare_bucket(const struct ask *ask, const struct expected *expected,
                           enum interval_id id, int32_t number, const struct bucket *bucket,
                           struct buffer *why)
{
    uint32_t wanted = 0;
    char from[DAY_TEXT_ROOM];
    for (uint32_t i = 0; i < expected->total; i++)
        wanted += expected->days[i] != DAY_NONE && interval_number(id, expected->days[i]) == number;
    day_format(bucket->from, from);
    if (interval_number(id, bucket->from) != number || interval_number(id, bucket->to) != number)
        DIFFERS(why, "date: the bucket from %s is not the one that comes there", from);
    if (bucket->reports != wanted)
        DIFFERS(why, "date: %u reports from %s on, not %u", bucket->reports, from, wanted);
    if ((interval_number(id, bucket->from - 1) == number && bucket->from != ask->from) ||
        (interval_number(id, bucket->to + 1) == number && bucket->to != ask->to))
        DIFFERS(why, "date: the bucket from %s is cut", from);
    return true;
}

static bool compare_dates(const struct ask *ask, const struct expected *expected,
                          const struct histogram *dates, struct buffer *why)
{
    day_t first, last;
    uint32_t undated = 0;
    for (uint32_t i = 0; i < expected->total; i++)
        undated += expected->days[i] == DAY_NONE;
    if (dates->undated != undated)
        DIFFERS(why, "date: %u undated, not %u", dates->undated, undated);
    if (!find_span(ask, expected, &first, &last)) {
        if (dates->bucket_count)
            DIFFERS(why, "date: buckets without a span of days");
        return true;
    }
    enum interval_id id = expected_interval(ask, first, last);
    if (dates->interval != &day_intervals[id])
        DIFFERS(why, "date: by %s, not %s", dates->interval->name, day_intervals[id].name);
    int32_t number = interval_number(id, first);
    size_t count = (size_t)(interval_number(id, last) - number) + 1;
    if (dates->bucket_count != count)
        DIFFERS(why, "date: %zu buckets, not %zu", dates->bucket_count, count);
    for (size_t i = 0; i < count; i++) {
        if (!compare_bucket(ask, expected, id, number + (int32_t)i, &dates->buckets[i], why))
            return false;
        if (i && dates->buckets[i].from != dates->buckets[i - 1].to + 1)
            DIFFERS(why, "date: a gap between two buckets");
    }
    return true;
}

/* Too many intervals of the kind asked for: an error is what is wanted. */
static bool too_many_buckets(const struct ask *ask, const struct expected *expected)
{
    day_t first, last;
    if (!ask->interval || !find_span(ask, expected, &first, &last))
        return false;
    enum interval_id id = expected_interval(ask, first, last);
    return interval_number(id, last) - interval_number(id, first) + 1 > BUCKETS_MAX;
}

/* ---- hits ---------------------------------------------------------------------------- */

struct order {
    uint32_t docid;
    day_t day;
};

static int compare_newest(const void *a, const void *b)
{
    const struct order *left = a, *right = b;
    if (left->day != right->day)
        return left->day > right->day ? -1 : 1;
    return left->docid > right->docid ? -1 : 1;
}

static int compare_oldest(const void *a, const void *b)
{
    const struct order *left = a, *right = b;
    if ((left->day == DAY_NONE) != (right->day == DAY_NONE))
        return left->day == DAY_NONE ? 1 : -1;
    return -compare_newest(a, b);
}

/* The page after the last hit begins with the hit that is next. */
static bool go_on(struct trial *trial, const struct answer *answer, const struct order *orders,
                  uint32_t total, struct buffer *why)
{
    struct question question;
    struct answer *after = NULL;
    size_t next = answer->question.first + answer->hit_count;
    if (!answer->hit_count)
        return true;
    if (!question_copy(&answer->question, &question, NULL))
        abort();
    question.first = 0;
    question.after.docid = answer->hits[answer->hit_count - 1].docid;
    snprintf(question.after.generation, sizeof question.after.generation, "%s", answer->generation);
    bool ok = answer_make(trial->snapshot, &question, &after, NULL);
    uint32_t found = ok && after->hit_count ? after->hits[0].docid : 0;
    ok = ok && found == (next < total ? orders[next].docid : 0);
    if (!ok)
        buffer_format(why, "after hit %zu comes report %u", next, found);
    answer_free(after);
    question_clear(&question);
    return ok;
}

static bool compare_order(struct trial *trial, const struct expected *expected,
                          const struct answer *answer, struct buffer *why)
{
    struct order *orders = calloc(expected->total + 1, sizeof orders[0]);
    if (!orders)
        abort();
    for (uint32_t i = 0; i < expected->total; i++)
        orders[i] = (struct order){expected->docids[i], expected->days[i]};
    qsort(orders, expected->total, sizeof orders[0],
          answer->order == SORT_NEWEST ? compare_newest : compare_oldest);
    bool same = true;
    for (size_t i = 0; same && i < answer->hit_count; i++) {
        const struct order *wanted = &orders[answer->question.first + i];
        same = answer->hits[i].docid == wanted->docid && answer->hits[i].day == wanted->day;
        if (!same)
            buffer_format(why, "hit %zu is report %u, not %u", i + 1, answer->hits[i].docid,
                          wanted->docid);
    }
    same = same && go_on(trial, answer, orders, expected->total, why);
    free(orders);
    return same;
}

static bool is_expected(const struct expected *expected, uint32_t docid)
{
    for (uint32_t i = 0; i < expected->total; i++)
        if (expected->docids[i] == docid)
            return true;
    return false;
}

static bool compare_hits(struct trial *trial, const struct ask *ask,
                         const struct expected *expected, const struct answer *answer,
                         struct buffer *why)
{
    uint32_t first = answer->question.first;
    uint32_t left = expected->total > first ? expected->total - first : 0;
    uint32_t wanted = left < ask->size ? left : ask->size;
    if (answer->hit_count != wanted)
        DIFFERS(why, "%zu hits, not %u", answer->hit_count, wanted);
    if (answer->order != SORT_RELEVANCE)
        return compare_order(trial, expected, answer, why);
    for (size_t i = 0; i < answer->hit_count; i++) {
        if (!is_expected(expected, answer->hits[i].docid))
            DIFFERS(why, "hit %zu, report %u, is no match", i + 1, answer->hits[i].docid);
        if (i && answer->hits[i].score > answer->hits[i - 1].score)
            DIFFERS(why, "hit %zu has a higher score than the one before", i + 1);
        for (size_t j = 0; j < i; j++)
            if (answer->hits[j].docid == answer->hits[i].docid)
                DIFFERS(why, "hits %zu and %zu are one report", j + 1, i + 1);
    }
    return true;
}

/* ---- clicks -------------------------------------------------------------------------- */

static bool click(struct trial *trial, struct question *question, uint32_t promised,
                  const char *what, struct buffer *why)
{
    struct answer *answer = NULL;
    struct error error = {0};
    if (!answer_make(trial->snapshot, question, &answer, &error))
        DIFFERS(why, "clicking %s: %s", what, error.text);
    uint32_t total = answer->total;
    answer_free(answer);
    trial->clicks++;
    if (total != promised)
        DIFFERS(why, "clicking %s gives %u, not the %u promised", what, total, promised);
    return true;
}

static void copy_question(const struct answer *answer, struct question *out)
{
    if (!question_copy(&answer->question, out, NULL))
        abort();
    question_rewind(out);
    out->size = 1;
    out->interval = NULL;
}

static bool click_value(struct trial *trial, const struct answer *answer, const struct facet *facet,
                        struct buffer *why)
{
    struct question question;
    if (!facet->value_count)
        return true;
    const struct facet_value *value =
        &facet->values[dice_roll(&trial->dice, (uint32_t)facet->value_count)];
    copy_question(answer, &question);
    for (size_t i = 0; i < answer->question.filter_count; i++)
        if (answer->question.filters[i].field == facet->field &&
            !answer->question.filters[i].exclude)
            question_remove_filter(&question, facet->field, false,
                                   answer->question.filters[i].value);
    if (!question_add_filter(&question, facet->field, false, value->value, NULL))
        abort();
    bool ok = click(trial, &question, value->reports, value->value, why);
    question_clear(&question);
    return ok;
}

static bool click_bucket(struct trial *trial, const struct answer *answer, struct buffer *why)
{
    struct question question;
    if (!answer->dates.bucket_count)
        return true;
    const struct bucket *bucket =
        &answer->dates.buckets[dice_roll(&trial->dice, (uint32_t)answer->dates.bucket_count)];
    copy_question(answer, &question);
    question.from = bucket->from;
    question.to = bucket->to;
    bool ok = click(trial, &question, bucket->reports, "a bucket", why);
    question_clear(&question);
    return ok;
}

/* ---- one question -------------------------------------------------------------------- */

static bool compare_answer(struct trial *trial, const struct ask *ask,
                           const struct expected *expected, const struct answer *answer,
                           struct buffer *why)
{
    if (answer->query->note_count) {
        const char *note = answer->query->notes[0].text;
        if (!strstr(note, "No report has"))
            DIFFERS(why, "read with a note: %s", note);
    }
    if (answer->total != expected->total)
        DIFFERS(why, "%u reports, not %u", answer->total, expected->total);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        const struct facet *facet = find_facet(answer, id);
        if (!expected->values[id])
            continue;
        if (!facet)
            DIFFERS(why, "no facet %s", fields[id].name);
        if (!compare_facet(ask, expected, facet, why) || !click_value(trial, answer, facet, why))
            return false;
    }
    return compare_dates(ask, expected, &answer->dates, why) &&
           compare_hits(trial, ask, expected, answer, why) && click_bucket(trial, answer, why);
}

static bool compare_question(struct trial *trial, const struct ask *ask, struct buffer *why)
{
    struct question question;
    struct expected expected;
    struct answer *answer = NULL;
    struct error error = {0};
    buffer_reset(why);
    if (!ask_question(ask, &question, &error))
        DIFFERS(why, "refused: %s", error.text);
    oracle_answer(trial->oracle, ask, &expected);
    bool same, answered = answer_make(trial->snapshot, &question, &answer, &error);
    if (answered && too_many_buckets(ask, &expected)) {
        buffer_text(why, "more buckets than allowed");
        same = false;
    } else if (answered) {
        same = compare_answer(trial, ask, &expected, answer, why);
    } else {
        trial->limits++;
        same =
            error.code == ERROR_LIMIT && (expected.wide_prefix || too_many_buckets(ask, &expected));
        if (!same)
            buffer_format(why, "no answer: %s", error.text);
    }
    trial->matches += expected.total;
    answer_free(answer);
    expected_clear(&expected);
    question_clear(&question);
    return same;
}

/* Asked twice: matched anew, then out of what is kept of the first time. */
static bool try_ask(struct trial *trial, const struct ask *ask, struct buffer *why)
{
    snapshot_forget_questions(trial->snapshot);
    return compare_question(trial, ask, why) && compare_question(trial, ask, why);
}

/* Makes the question smaller as long as it fails. */
static void shrink(struct trial *trial, struct ask *ask, struct buffer *why)
{
    struct buffer last = {0};
    struct ask smaller;
    bool same;
    for (size_t way = 0; asking_shrink(ask, way, &smaller, &same); way++) {
        if (!same && !try_ask(trial, &smaller, &last)) {
            asking_clear(ask);
            *ask = smaller;
            way = (size_t)-1;
        } else {
            asking_clear(&smaller);
        }
    }
    asking_clear(&smaller);
    buffer_free(&last);
    try_ask(trial, ask, why);
}

static void print_failure(const struct ask *ask, uint64_t seed, unsigned number,
                          const struct buffer *why)
{
    struct question question;
    char *url = NULL;
    if (ask_question(ask, &question, NULL)) {
        url = question_url(&question);
        question_clear(&question);
    }
    char *text = ask_text(ask);
    printf("FAILED: seed %" PRIu64 ", question %u: %s\n  q: %s\n  ?%s\n", seed, number,
           why->size ? why->bytes : "(no longer fails when asked again)", text ? text : "",
           url ? url : "");
    free(url);
    free(text);
}

static bool ask_many(struct trial *trial, uint64_t seed, unsigned questions)
{
    struct dice dice = {seed * 2 + 1};
    struct buffer why = {0};
    bool ok = true;
    trial->dice = (struct dice){seed * 2 + 3};
    for (unsigned i = 0; ok && i < questions; i++) {
        struct ask ask;
        asking_make(&dice, trial->oracle, &ask);
        ask.exact_words |= trial->exact_words;
        ok = try_ask(trial, &ask, &why);
        if (!ok) {
            shrink(trial, &ask, &why);
            print_failure(&ask, seed, i + 1, &why);
        }
        asking_clear(&ask);
    }
    buffer_free(&why);
    return ok;
}

/* ---- where the reports come from ----------------------------------------------------- */

static bool run_questions(const char *index, struct oracle *oracle, bool exact_words, uint64_t seed,
                          unsigned questions, struct error *err)
{
    struct trial trial = {.oracle = oracle, .exact_words = exact_words};
    if (!snapshot_open(index, &trial.snapshot, err))
        return false;
    bool ok = snapshot_reports(trial.snapshot) == oracle_count(oracle);
    if (!ok)
        printf("FAILED: %u reports, not %zu\n", snapshot_reports(trial.snapshot),
               oracle_count(oracle));
    ok = ok && ask_many(&trial, seed, questions);
    if (ok)
        printf("%u questions of %zu reports agree: %.1f matches a question, %u clicks, %u refused "
               "for a limit (seed %" PRIu64 ")\n",
               questions, oracle_count(oracle), (double)trial.matches / questions, trial.clicks,
               trial.limits, seed);
    snapshot_close(trial.snapshot);
    return ok || error_set(err, ERROR_INTERNAL, NULL, "search and the oracle differ");
}

/* Reports made from the seed, in one commit; then some are taken away and some added, so that
 * docids have gaps and are not in the order of days. */
static bool try_generated(uint64_t seed, unsigned questions, size_t count, bool changed,
                          struct error *err)
{
    struct dice dice = {seed * 2 + 1};
    struct fixture fixture;
    struct report *reports = NULL;
    struct oracle *oracle = oracle_new();
    size_t base = changed ? count * 4 / 5 : count;
    bool ok = fixture_init(&fixture, generated_actors, generated_regions, err) &&
              generated_make(&dice, count, !changed, &reports, err) &&
              fixture_publish(&fixture, reports, base, err) &&
              (base == count || fixture_add(&fixture, reports + base, count - base, err));
    for (size_t i = 0; ok && i < count; i++) {
        if (changed && i % 23 == 7)
            ok = fixture_delete(&fixture, reports[i].id, err);
        else
            oracle_add(oracle, (uint32_t)i + 1, &reports[i]);
    }
    ok = ok && run_questions(fixture.path, oracle, false, seed, questions, err);
    generated_free(reports, reports ? count : 0);
    oracle_free(oracle);
    fixture_clear(&fixture);
    return ok;
}

#define REVISIONS 4

/* The reports up to 'end' that are not gone. */
static struct oracle *oracle_of(const struct report *reports, size_t end, const bool *gone)
{
    struct oracle *oracle = oracle_new();
    for (size_t i = 0; i < end; i++)
        if (!gone[i])
            oracle_add(oracle, (uint32_t)i + 1, &reports[i]);
    return oracle;
}

/* Adds the reports from '*end' on, takes some away, and follows. */
static bool change(struct fixture *fixture, const struct report *reports, size_t *end, size_t more,
                   bool *gone, struct snapshot **snapshot, struct error *err)
{
    bool ok = fixture_add(fixture, reports + *end, more, err);
    *end += more;
    for (size_t i = *end % 7; ok && i < *end; i += 19)
        if (!gone[i]) {
            ok = fixture_delete(fixture, reports[i].id, err);
            gone[i] = true;
        }
    return ok && snapshot_refresh(snapshot, err);
}

/* Every second report of an ordered array goes to its end, where days begin anew. */
static void set_aside(struct report *reports, size_t count)
{
    struct report *all = calloc(count, sizeof all[0]);
    if (!all)
        abort();
    memcpy(all, reports, count * sizeof all[0]);
    for (size_t i = 0; i < count; i++)
        reports[i % 2 ? (count + 1) / 2 + i / 2 : i / 2] = all[i];
    free(all);
}

/* One snapshot that follows the index as it changes, asked after each commit. */
static bool try_followed(uint64_t seed, unsigned questions, size_t count, struct error *err)
{
    struct dice dice = {seed * 2 + 1};
    struct trial trial = {0};
    struct fixture fixture;
    struct report *reports = NULL;
    size_t end = (count + 1) / 2;
    unsigned each = questions / (REVISIONS + 1);
    bool *gone = calloc(count, sizeof gone[0]);
    bool ok = gone && fixture_init(&fixture, generated_actors, generated_regions, err) &&
              generated_make(&dice, count, true, &reports, err);
    if (ok)
        set_aside(reports, count);
    ok = ok && fixture_publish(&fixture, reports, end, err) &&
         snapshot_open(fixture.path, &trial.snapshot, err);
    for (unsigned revision = 0; ok && revision <= REVISIONS; revision++) {
        ok = !revision ||
             change(&fixture, reports, &end, count / 2 / REVISIONS, gone, &trial.snapshot, err);
        trial.oracle = oracle_of(reports, end, gone);
        ok = ok && (ask_many(&trial, seed + revision, each) ||
                    error_set(err, ERROR_INTERNAL, NULL, "search and the oracle differ"));
        oracle_free(trial.oracle);
    }
    if (ok)
        printf(
            "%u questions of %u revisions agree: %u clicks, %u refused for a limit (seed %" PRIu64
            ")\n",
            questions, REVISIONS + 1, trial.clicks, trial.limits, seed);
    snapshot_close(trial.snapshot);
    generated_free(reports, reports ? count : 0);
    fixture_clear(&fixture);
    free(gone);
    return ok;
}

static bool read_report(struct store *store, const struct xap_db *db, uint32_t docid,
                        struct oracle *oracle, struct error *err)
{
    struct report report = {0};
    char *text = NULL;
    size_t size;
    bool ok =
        store_read(store, db, docid, &text, &size, err) && report_decode(text, size, &report, err);
    if (ok)
        oracle_add(oracle, docid, &report);
    report_clear(&report);
    free(text);
    return ok;
}

static bool read_index(const char *index, struct oracle *oracle, struct error *err)
{
    struct xap_error xapian = {0};
    struct generation generation = {0};
    struct xap_db *db = NULL;
    struct xap_postings *all = NULL;
    struct store *store = NULL;
    bool ok = generation_current(index, &generation, err) &&
              ((xap_db_open(generation.database_path, &db, &xapian) &&
                xap_postings_open(db, "", &all, &xapian)) ||
               error_set_xapian(err, index, &xapian));
    ok = ok && store_open(&generation, db, &store, err);
    for (size_t count = 1; ok && count;) {
        uint32_t docid;
        ok = xap_postings_read(all, 1, &docid, NULL, NULL, &count, &xapian) ||
             error_set_xapian(err, index, &xapian);
        if (ok && count)
            ok = read_report(store, db, docid, oracle, err);
    }
    store_close(store);
    xap_postings_close(all);
    xap_db_close(db);
    generation_clear(&generation);
    return ok;
}

static bool try_index(const char *index, uint64_t seed, unsigned questions, struct error *err)
{
    struct oracle *oracle = oracle_new();
    bool ok =
        read_index(index, oracle, err) && run_questions(index, oracle, true, seed, questions, err);
    oracle_free(oracle);
    return ok;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"questions", required_argument, NULL, 'q'},
                                            {"reports", required_argument, NULL, 'r'},
                                            {"index", required_argument, NULL, 'i'},
                                            {0}};
    uint64_t seed = 1;
    unsigned questions = 400;
    size_t reports = 600;
    const char *index = NULL;
    struct error error = {0};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 's')
            seed = strtoull(optarg, NULL, 10);
        else if (option == 'q')
            questions = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'r')
            reports = strtoul(optarg, NULL, 10);
        else if (option == 'i')
            index = optarg;
        else
            return 64;
    }
    bool ok = index ? try_index(index, seed, questions, &error)
                    : try_generated(seed, questions, reports, false, &error) &&
                          try_generated(seed + 1, questions, reports, true, &error) &&
                          try_generated(seed + 2, questions, 3, false, &error) &&
                          try_generated(seed + 3, 20, 0, false, &error) &&
                          try_followed(seed + 4, questions, reports, &error);
    if (!ok)
        fprintf(stderr, "test_oracle: %s%s%s\n", error.where, error.where[0] ? ": " : "",
                error.text);
    return ok ? 0 : 1;
}
