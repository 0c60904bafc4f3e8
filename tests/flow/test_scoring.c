/* The order of hits: random questions, ranked by search/ and by Xapian's own BM25Weight. Scores
 * agree to a millionth, and so does the order where they differ by more.
 *
 *   test_scoring [--seed N] [--questions N] [--reports N]
 */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/plan.h"
#include "search/reading.h"
#include "search/scoring.h"
#include "search/snapshot_private.h"
#include "tests/flow/asking.h"
#include "tests/flow/fixture.h"
#include "tests/flow/generated.h"
#include "tests/flow/oracle.h"

#define TOLERANCE 1e-6

struct trial {
    struct oracle *oracle;
    struct snapshot *snapshot;
    struct xap_writer *plain; /* of the same reports, with all their terms */
    uint64_t hits, weights;
};

static uint32_t next_of_set(void *context, uint32_t from)
{
    return docset_next(context, from);
}

/* ---- the same, by Xapian --------------------------------------------------------------- */

/* One weight as Xapian takes it. */
static bool weight_query(const struct terms *terms, double factor, struct xap_query **out,
                         struct xap_error *err)
{
    struct xap_query **parts = calloc(terms->count, sizeof parts[0]);
    bool ok = parts != NULL;
    for (size_t i = 0; ok && i < terms->count; i++)
        ok = xap_query_term(terms->items[i].text, 1, 0, &parts[i], err);
    if (ok && terms->count > 1)
        ok = xap_query_join_take(XAP_SYNONYM, parts, terms->count, 0, out, err);
    else if (ok)
        *out = parts[0];
    free(parts);
    return ok && xap_query_scale_take(*out, factor, out, err);
}

/* The matches, and what each weight adds to them. */
static bool ranking_query(const struct ranking *ranking, struct plan *plan, struct xap_query **out,
                          struct xap_error *err)
{
    struct xap_docid_source source = {next_of_set, plan->matches, plan->total};
    bool ok = xap_query_docids(&source, out, err);
    for (size_t i = 0; ok && i < ranking->count; i++) {
        const struct weights *weights = &ranking->items[i];
        for (int title = 0; ok && title < 2; title++) {
            const struct terms *terms = title ? &weights->title.terms : &weights->text.terms;
            double factor = weights->factor * (title ? RANKING_TITLE_WEIGHT : 1);
            struct xap_query *parts[] = {*out, NULL};
            ok = terms->count == 0 || (weight_query(terms, factor, &parts[1], err) &&
                                       xap_query_join_take(XAP_AND_MAYBE, parts, 2, 0, out, err));
        }
    }
    return ok;
}

/* Xapian weighs every match here: where it may pass some by, it loses a report that belongs among
 * the first in about one of 3,000 questions (1.4.22). */
static bool rank_by_xapian(const struct trial *trial, const struct ranking *ranking,
                           struct plan *plan, size_t room, struct xap_matches *out,
                           struct xap_error *err)
{
    const double parameters[] = {BM25_K1, 0, 1, BM25_B, BM25_SHORTEST};
    struct xap_enquire *enquire = NULL;
    struct xap_query *query = NULL;
    bool ok =
        ranking_query(ranking, plan, &query, err) &&
        xap_enquire_new(xap_writer_db(trial->plain), &enquire, err) &&
        xap_enquire_set_query(enquire, query, 0, err) &&
        xap_enquire_set_weighting(enquire, XAP_BM25, parameters, ARRAY_LEN(parameters), err) &&
        xap_enquire_run(enquire, 0, (uint32_t)room, plan->total, out, err);
    xap_enquire_free(enquire);
    xap_query_free(query);
    return ok;
}

/* ---- comparing --------------------------------------------------------------------------- */

static bool is_same(double a, double b)
{
    return fabs(a - b) <= TOLERANCE * (1 + fabs(b));
}

/* Whether the report is at its place, or at one of the same score. */
static bool is_in_place(const struct xap_matches *wanted, const struct place *place, size_t at)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->items[i].docid == place->docid)
            return is_same(wanted->items[i].weight, wanted->items[at].weight);
    return is_same(wanted->items[wanted->count - 1].weight, place->score); /* cut at a tie */
}

static bool compare(const struct xap_matches *wanted, const struct place *places, size_t count,
                    struct buffer *why)
{
    if (count != wanted->count)
        buffer_format(why, "%zu hits, not %zu", count, wanted->count);
    for (size_t i = 0; i < count && !why->size; i++) {
        if (!is_same(places[i].score, wanted->items[i].weight))
            buffer_format(why, "hit %zu scores %.9f, not %.9f", i + 1, places[i].score,
                          wanted->items[i].weight);
        else if (!is_in_place(wanted, &places[i], i))
            buffer_format(why, "hit %zu is report %u, not %u", i + 1, places[i].docid,
                          wanted->items[i].docid);
        else if (i && (places[i - 1].score < places[i].score ||
                       (places[i - 1].score == places[i].score &&
                        places[i - 1].docid > places[i].docid)))
            buffer_format(why, "hit %zu stands before a better one", i);
    }
    return !why->size;
}

static bool try_ranking(struct trial *trial, const struct ranking *ranking, struct plan *plan,
                        size_t room, struct buffer *why)
{
    struct xap_error xapian = {0};
    struct error err = {0};
    struct xap_matches wanted = {0};
    struct place *places = calloc(room, sizeof places[0]);
    size_t count = 0;
    bool ok = places &&
              scoring_best(trial->snapshot, ranking, plan->matches, places, room, &count, &err) &&
              rank_by_xapian(trial, ranking, plan, room, &wanted, &xapian);
    if (!ok)
        buffer_format(why, "no ranking: %s%s", err.text, xapian.text);
    ok = ok && compare(&wanted, places, count, why);
    trial->hits += count;
    trial->weights += ranking->count;
    xap_matches_clear(&wanted);
    free(places);
    return ok;
}

static bool try_question(struct trial *trial, const struct question *question, size_t room,
                         struct buffer *why)
{
    struct error err = {0};
    struct reading reading = {0};
    struct plan plan = {0};
    struct ranking ranking = {0};
    bool ok = reading_make(trial->snapshot, question, &reading, &err) &&
              plan_make(trial->snapshot, reading.query, question, &plan, &err) &&
              ranking_make(trial->snapshot, reading.query->root, &ranking, &err);
    if (!ok && err.code != ERROR_LIMIT)
        buffer_format(why, "no plan: %s", err.text);
    bool same = ok ? plan.total == 0 || try_ranking(trial, &ranking, &plan, room, why)
                   : err.code == ERROR_LIMIT;
    ranking_clear(&ranking);
    plan_clear(&plan);
    reading_clear(&reading);
    return same;
}

static bool ask_many(struct trial *trial, uint64_t seed, unsigned questions)
{
    struct dice dice = {seed * 2 + 1};
    struct buffer why = {0};
    bool ok = true;
    for (unsigned i = 0; ok && i < questions; i++) {
        struct ask ask;
        struct question question;
        asking_make(&dice, trial->oracle, &ask);
        if (ask_question(&ask, &question, NULL)) {
            ok = try_question(trial, &question, 1 + dice_roll(&dice, 100), &why);
            if (!ok) {
                char *text = ask_text(&ask);
                printf("FAILED: seed %" PRIu64 ", question %u: %s\n  q: %s\n", seed, i + 1,
                       why.bytes, text);
                free(text);
            }
            question_clear(&question);
        }
        asking_clear(&ask);
    }
    buffer_free(&why);
    return ok;
}

static bool try_generated(uint64_t seed, unsigned questions, size_t count, struct error *err)
{
    struct dice dice = {seed * 2 + 1};
    struct fixture fixture;
    struct report *reports = NULL;
    struct trial trial = {.oracle = oracle_new()};
    bool ok = fixture_init(&fixture, generated_actors, generated_regions, err) &&
              generated_make(&dice, count, true, &reports, err) &&
              fixture_publish(&fixture, reports, count, err) &&
              fixture_plain(&fixture, reports, count, &trial.plain, err) &&
              snapshot_open(fixture.path, &trial.snapshot, err);
    for (size_t i = 0; ok && i < count; i++)
        oracle_add(trial.oracle, (uint32_t)i + 1, &reports[i]);
    ok = ok && (ask_many(&trial, seed, questions) ||
                error_set(err, ERROR_INTERNAL, NULL, "search and Xapian rank differently"));
    if (ok)
        printf("%u questions of %zu reports agree: %.1f hits and %.1f words a question\n",
               questions, count, (double)trial.hits / questions, (double)trial.weights / questions);
    snapshot_close(trial.snapshot);
    xap_writer_close(trial.plain);
    generated_free(reports, reports ? count : 0);
    oracle_free(trial.oracle);
    fixture_clear(&fixture);
    return ok;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"questions", required_argument, NULL, 'q'},
                                            {"reports", required_argument, NULL, 'r'},
                                            {0}};
    uint64_t seed = 1;
    unsigned questions = 1000;
    size_t reports = 3000; /* more than scoring weighs at a time */
    struct error error = {0};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 's')
            seed = strtoull(optarg, NULL, 10);
        else if (option == 'q')
            questions = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'r')
            reports = strtoul(optarg, NULL, 10);
        else
            return 64;
    }
    bool ok = try_generated(seed, questions, reports, &error) &&
              try_generated(seed + 1, questions / 4 + 1, 50, &error);
    if (!ok)
        fprintf(stderr, "test_scoring: %s%s%s\n", error.where, error.where[0] ? ": " : "",
                error.text);
    return ok ? 0 : 1;
}
