/* relevance: what an order of hits is worth, by topics and judgements of TREC's form.
 *
 *   relevance --topics FILE --qrels FILE --index DIR [--save RUN]
 *   relevance --qrels FILE --run RUN
 *
 * Asks an index every topic as a reader would who pastes it into the form and wants any of its
 * words; or measures a run that another engine wrote. Prints MAP, nDCG@10, P@10, recall@100 and
 * the number of topics. Runs are 1,000 reports deep, as TREC's are.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bench/trec.h"
#include "search/answer.h"

#define RUN_DEPTH 1000u

struct options {
    const char *topics, *qrels, *index, *run, *save;
};

static bool open_file(const char *path, const char *mode, FILE **out, struct error *err)
{
    *out = fopen(path, mode);
    return *out || error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
}

static bool close_file(FILE *file, const char *path, bool ok, struct error *err)
{
    return (!file || fclose(file) == 0) ? ok : error_set_errno(err, ERROR_IO, path, "cannot write");
}

/* One topic asked. A topic past a limit has an empty run, and that is said. */
static bool ask(const struct snapshot *snapshot, const struct trec_topic *topic,
                struct trec_runs *runs, FILE *save, struct error *err)
{
    struct question question;
    struct answer *answer = NULL;
    struct error failure = {0};
    struct trec_run *run = trec_add_run(runs, topic->id);
    if (!run)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    bool ok = question_init(&question, &failure) &&
              question_set(&question, "q", topic->text, &failure) &&
              question_set(&question, "match", "any", &failure);
    question.size = RUN_DEPTH;
    ok = ok && answer_make(snapshot, &question, &answer, &failure);
    for (size_t i = 0; ok && i < answer->hit_count; i++) {
        const struct hit *hit = &answer->hits[i];
        ok = trec_add_report(run, hit->id) ||
             error_set(&failure, ERROR_MEMORY, NULL, "out of memory");
        if (ok && save)
            fprintf(save, "%s Q0 %s %zu %.6f sitrep\n", topic->id, hit->id, i + 1, hit->score);
    }
    answer_free(answer);
    question_clear(&question);
    if (ok)
        return true;
    if (failure.code != ERROR_LIMIT)
        return error_set(err, failure.code, topic->id, "%s", failure.text);
    fprintf(stderr, "relevance: topic %s finds nothing: %s\n", topic->id, failure.text);
    return true;
}

static bool ask_all(const struct options *options, struct trec_runs *runs, struct error *err)
{
    FILE *file = NULL, *save = NULL;
    struct trec_topics topics = {0};
    struct snapshot *snapshot = NULL;
    bool ok = open_file(options->topics, "r", &file, err) &&
              trec_read_topics(file, options->topics, &topics, err) &&
              (!options->save || open_file(options->save, "w", &save, err)) &&
              snapshot_open(options->index, &snapshot, err);
    for (size_t i = 0; ok && i < topics.count; i++)
        ok = ask(snapshot, &topics.items[i], runs, save, err);
    snapshot_close(snapshot);
    trec_clear_topics(&topics);
    ok = close_file(save, options->save, ok, err);
    return close_file(file, options->topics, ok, err);
}

static bool read_runs(const char *path, struct trec_runs *runs, struct error *err)
{
    FILE *file = NULL;
    bool ok = open_file(path, "r", &file, err) && trec_read_runs(file, path, runs, err);
    return close_file(file, path, ok, err);
}

static bool run(const struct options *options, struct error *err)
{
    FILE *file = NULL;
    struct trec_judgements judgements = {0};
    struct trec_runs runs = {0};
    bool ok = open_file(options->qrels, "r", &file, err) &&
              trec_read_judgements(file, options->qrels, &judgements, err) &&
              (options->run ? read_runs(options->run, &runs, err) : ask_all(options, &runs, err));
    if (ok) {
        struct trec_measures mean = trec_measure(&judgements, &runs);
        printf("%.4f %.4f %.4f %.4f %zu\n", mean.map, mean.ndcg_10, mean.precision_10,
               mean.recall_100, mean.topics);
    }
    trec_clear_runs(&runs);
    trec_clear_judgements(&judgements);
    return close_file(file, options->qrels, ok, err);
}

static bool read_options(int argc, char **argv, struct options *out, struct error *err)
{
    static const struct option names[] = {
        {"topics", required_argument, NULL, 't'}, {"qrels", required_argument, NULL, 'q'},
        {"index", required_argument, NULL, 'i'},  {"run", required_argument, NULL, 'r'},
        {"save", required_argument, NULL, 's'},   {0},
    };
    for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (option) {
        case 't':
            out->topics = optarg;
            break;
        case 'q':
            out->qrels = optarg;
            break;
        case 'i':
            out->index = optarg;
            break;
        case 'r':
            out->run = optarg;
            break;
        case 's':
            out->save = optarg;
            break;
        default:
            return error_set(err, ERROR_USAGE, NULL, "unknown option");
        }
    }
    bool asks = out->topics && out->index && !out->run, reads = out->run && !out->index;
    return (optind == argc && out->qrels && (asks || reads)) ||
           error_set(err, ERROR_USAGE, NULL,
                     "usage: relevance --qrels FILE (--topics FILE --index DIR [--save RUN] | "
                     "--run RUN)");
}

int main(int argc, char **argv)
{
    struct error error = {0};
    struct options options = {0};
    bool ok = read_options(argc, argv, &options, &error) && run(&options, &error);
    if (!ok)
        fprintf(stderr, "relevance: %s%s%s\n", error.where, error.where[0] ? ": " : "", error.text);
    return ok ? EX_OK : error_exit_status(error.code);
}
