#include "bench/trec.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

#define FIELDS_MAX 6

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- reading ---------------------------------------------------------------- */

/* A line is read by a function that knows its form; '*what' is what it should have been. */
typedef bool line_reader(void *into, char *line, const char **what, struct error *err);

static bool read_lines(FILE *file, const char *name, line_reader *read_line, void *into,
                       struct error *err)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t size;
    bool ok = true;
    while (ok && (size = getline(&line, &room, file)) >= 0) {
        const char *what = NULL;
        number++;
        while (size > 0 && isspace((unsigned char)line[size - 1]))
            line[--size] = '\0';
        ok = read_line(into, line, &what, err);
        if (!ok && what)
            error_set(err, ERROR_DATA, name, "line %zu is not %s", number, what);
    }
    if (ok && ferror(file))
        ok = error_set_errno(err, ERROR_IO, name, "cannot read");
    free(line);
    return ok;
}

/* Cuts a line at blanks; false unless it has 'count' fields. */
static bool cut(char *line, char *fields[FIELDS_MAX], size_t count)
{
    char *rest = NULL, *field = strtok_r(line, " \t", &rest);
    size_t found = 0;
    for (; field && found < FIELDS_MAX; field = strtok_r(NULL, " \t", &rest))
        fields[found++] = field;
    return !field && found == count;
}

/* The text after a tag, and after the word that TREC's own topics write behind it. */
static const char *after_tag(const char *line, const char *tag, const char *word)
{
    if (strncmp(line, tag, strlen(tag)) != 0)
        return NULL;
    line += strlen(tag);
    line += strspn(line, " \t");
    if (strncmp(line, word, strlen(word)) == 0)
        line += strlen(word);
    return line + strspn(line, " \t");
}

struct topic_reader {
    struct trec_topics *topics;
    struct buffer text;
    char *id;     /* of the topic that is being read */
    bool inside;  /* between <top> and </top> */
    bool in_text; /* after <title> or <desc>, before the next tag */
};

static bool end_topic(struct topic_reader *reader, struct error *err)
{
    struct trec_topics *topics = reader->topics;
    char *text = buffer_take(&reader->text, NULL);
    if (!text ||
        !array_reserve(&topics->items, &topics->room, topics->count + 1, sizeof topics->items[0])) {
        free(text);
        return no_memory(err);
    }
    topics->items[topics->count++] = (struct trec_topic){reader->id, text};
    reader->id = NULL;
    reader->inside = reader->in_text = false;
    return true;
}

static void add_text(struct topic_reader *reader, const char *text)
{
    if (*text && reader->text.size > 0)
        buffer_char(&reader->text, ' ');
    buffer_text(&reader->text, text);
}

static bool read_tag(struct topic_reader *reader, const char *line, const char **what,
                     struct error *err)
{
    const char *number = after_tag(line, "<num>", "Number:"), *text;
    reader->in_text = false;
    if (number) {
        if (*number && !reader->id && !(reader->id = strdup(number)))
            return no_memory(err);
        *what = "the only number of a topic";
        return *number && strcmp(number, reader->id) == 0;
    }
    if ((text = after_tag(line, "<title>", "Topic:")) ||
        (text = after_tag(line, "<desc>", "Description:"))) {
        reader->in_text = true;
        add_text(reader, text);
        return true;
    }
    *what = "the end of a topic that has a number";
    return strncmp(line, "</top>", 6) != 0 || (reader->id && end_topic(reader, err));
}

static bool read_topic_line(void *into, char *line, const char **what, struct error *err)
{
    struct topic_reader *reader = into;
    const char *text = line + strspn(line, " \t");
    if (!reader->inside) {
        *what = "<top>";
        reader->inside = strncmp(text, "<top>", 5) == 0;
        return reader->inside || !*text;
    }
    if (*text == '<')
        return read_tag(reader, text, what, err);
    if (reader->in_text)
        add_text(reader, text);
    return true;
}

bool trec_read_topics(FILE *file, const char *name, struct trec_topics *out, struct error *err)
{
    struct topic_reader reader = {.topics = out};
    bool ok = read_lines(file, name, read_topic_line, &reader, err);
    if (ok && reader.inside)
        ok = error_set(err, ERROR_DATA, name, "the last topic has no </top>");
    buffer_free(&reader.text);
    free(reader.id);
    if (!ok)
        trec_clear_topics(out);
    return ok;
}

static bool read_judgement(void *into, char *line, const char **what, struct error *err)
{
    struct trec_judgements *judgements = into;
    char *fields[FIELDS_MAX], *end;
    if (!*line)
        return true;
    *what = "a judgement: topic iteration report grade";
    if (!cut(line, fields, 4))
        return false;
    long grade = strtol(fields[3], &end, 10);
    if (*end || grade < -100 || grade > 100)
        return false;
    if (!array_reserve(&judgements->items, &judgements->room, judgements->count + 1,
                       sizeof judgements->items[0]))
        return no_memory(err);
    struct trec_judgement judgement = {strdup(fields[0]), strdup(fields[2]), (int)grade};
    judgements->items[judgements->count++] = judgement;
    return (judgement.topic && judgement.report) || no_memory(err);
}

static int compare_judgements(const void *a, const void *b)
{
    const struct trec_judgement *left = a, *right = b;
    int order = strcmp(left->topic, right->topic);
    return order ? order : strcmp(left->report, right->report);
}

bool trec_read_judgements(FILE *file, const char *name, struct trec_judgements *out,
                          struct error *err)
{
    bool ok = read_lines(file, name, read_judgement, out, err);
    if (ok && out->count)
        qsort(out->items, out->count, sizeof out->items[0], compare_judgements);
    for (size_t i = 1; ok && i < out->count; i++)
        if (compare_judgements(&out->items[i - 1], &out->items[i]) == 0)
            ok = error_set(err, ERROR_DATA, name, "report %s is judged twice for topic %s",
                           out->items[i].report, out->items[i].topic);
    if (!ok)
        trec_clear_judgements(out);
    return ok;
}

static struct trec_run *find_run(const struct trec_runs *runs, const char *topic)
{
    for (size_t i = runs->count; i > 0; i--) /* most often the last one */
        if (strcmp(runs->items[i - 1].topic, topic) == 0)
            return &runs->items[i - 1];
    return NULL;
}

static bool read_run(void *into, char *line, const char **what, struct error *err)
{
    struct trec_runs *runs = into;
    char *fields[FIELDS_MAX];
    if (!*line)
        return true;
    *what = "of a run: topic Q0 report rank score tag";
    if (!cut(line, fields, 6))
        return false;
    struct trec_run *run = find_run(runs, fields[0]);
    if (!run)
        run = trec_add_run(runs, fields[0]);
    return (run && trec_add_report(run, fields[2])) || no_memory(err);
}

bool trec_read_runs(FILE *file, const char *name, struct trec_runs *out, struct error *err)
{
    bool ok = read_lines(file, name, read_run, out, err);
    if (!ok)
        trec_clear_runs(out);
    return ok;
}

struct trec_run *trec_add_run(struct trec_runs *runs, const char *topic)
{
    char *copy = strdup(topic);
    if (!copy ||
        !array_reserve(&runs->items, &runs->room, runs->count + 1, sizeof runs->items[0])) {
        free(copy);
        return NULL;
    }
    runs->items[runs->count] = (struct trec_run){.topic = copy};
    return &runs->items[runs->count++];
}

bool trec_add_report(struct trec_run *run, const char *report)
{
    char *copy = strdup(report);
    if (!copy ||
        !array_reserve(&run->reports, &run->room, run->count + 1, sizeof run->reports[0])) {
        free(copy);
        return false;
    }
    run->reports[run->count++] = copy;
    return true;
}

void trec_clear_topics(struct trec_topics *topics)
{
    for (size_t i = 0; i < topics->count; i++) {
        free(topics->items[i].id);
        free(topics->items[i].text);
    }
    free(topics->items);
    *topics = (struct trec_topics){0};
}

void trec_clear_judgements(struct trec_judgements *judgements)
{
    for (size_t i = 0; i < judgements->count; i++) {
        free(judgements->items[i].topic);
        free(judgements->items[i].report);
    }
    free(judgements->items);
    *judgements = (struct trec_judgements){0};
}

void trec_clear_runs(struct trec_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        struct trec_run *run = &runs->items[i];
        for (size_t j = 0; j < run->count; j++)
            free(run->reports[j]);
        free(run->reports);
        free(run->topic);
    }
    free(runs->items);
    *runs = (struct trec_runs){0};
}

/* ---- measuring -------------------------------------------------------------- */

static int grade_of(const struct trec_judgements *judgements, const char *topic, const char *report)
{
    const struct trec_judgement key = {(char *)topic, (char *)report, 0};
    const struct trec_judgement *found =
        judgements->count ? bsearch(&key, judgements->items, judgements->count,
                                    sizeof judgements->items[0], compare_judgements)
                          : NULL;
    return found ? found->grade : 0;
}

static bool came_before(const struct trec_run *run, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (strcmp(run->reports[i], run->reports[place]) == 0)
            return true;
    return false;
}

static int compare_grades(const void *a, const void *b)
{
    const int *left = a, *right = b;
    return (*left < *right) - (*left > *right);
}

#define NDCG_DEPTH      10
#define PRECISION_DEPTH 10
#define RECALL_DEPTH    100

static double gain(int grade, size_t rank)
{
    return grade / log2((double)rank + 1);
}

/* What the best order of all that is judged would gain, and how many are relevant. */
static double ideal_gain(const struct trec_judgements *judgements, const char *topic,
                         size_t *relevant)
{
    int best[NDCG_DEPTH + 1] = {0}; /* the last place is what the next one displaces */
    double sum = 0;
    *relevant = 0;
    for (size_t i = 0; i < judgements->count; i++) {
        const struct trec_judgement *judgement = &judgements->items[i];
        if (judgement->grade < 1 || strcmp(judgement->topic, topic) != 0)
            continue;
        ++*relevant;
        best[NDCG_DEPTH] = judgement->grade;
        qsort(best, NDCG_DEPTH + 1, sizeof best[0], compare_grades);
    }
    for (size_t rank = 1; rank <= NDCG_DEPTH; rank++)
        sum += gain(best[rank - 1], rank);
    return sum;
}

bool trec_measure_topic(const struct trec_judgements *judgements, const char *topic,
                        const struct trec_run *run, struct trec_measures *out)
{
    size_t relevant, found = 0, rank = 0, in_precision = 0, in_recall = 0;
    double ideal = ideal_gain(judgements, topic, &relevant), precisions = 0, gained = 0;
    if (relevant == 0)
        return false;
    for (size_t i = 0; run && i < run->count; i++) {
        int grade = grade_of(judgements, topic, run->reports[i]);
        rank++;
        if (grade < 1 || came_before(run, i))
            continue;
        precisions += (double)++found / (double)rank;
        if (rank <= NDCG_DEPTH)
            gained += gain(grade, rank);
        in_precision += rank <= PRECISION_DEPTH;
        in_recall += rank <= RECALL_DEPTH;
    }
    *out = (struct trec_measures){.map = precisions / (double)relevant,
                                  .ndcg_10 = gained / ideal,
                                  .precision_10 = (double)in_precision / PRECISION_DEPTH,
                                  .recall_100 = (double)in_recall / (double)relevant,
                                  .topics = 1};
    return true;
}

struct trec_measures trec_measure(const struct trec_judgements *judgements,
                                  const struct trec_runs *runs)
{
    struct trec_measures sum = {0}, one;
    for (size_t i = 0; i < judgements->count; i++) {
        const char *topic = judgements->items[i].topic;
        bool is_first = i == 0 || strcmp(judgements->items[i - 1].topic, topic) != 0;
        if (!is_first || !trec_measure_topic(judgements, topic, find_run(runs, topic), &one))
            continue;
        sum.map += one.map;
        sum.ndcg_10 += one.ndcg_10;
        sum.precision_10 += one.precision_10;
        sum.recall_100 += one.recall_100;
        sum.topics++;
    }
    double topics = sum.topics ? (double)sum.topics : 1;
    return (struct trec_measures){sum.map / topics, sum.ndcg_10 / topics, sum.precision_10 / topics,
                                  sum.recall_100 / topics, sum.topics};
}
