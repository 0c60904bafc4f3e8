#include "bench/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples.h"
#include "schema/buffer.h"

static const char *const task_names[] = {"facets", "top", "newest", "check"};
static const char *const facet_names[] = {"actor", "region", "date"};

bool peer_reply_add(struct peer_reply *reply, const char *facet, const char *value,
                    uint64_t reports)
{
    if (reports == 0)
        return true;
    char *copy = strdup(value);
    if (!copy ||
        !array_reserve(&reply->counts, &reply->room, reply->count + 1, sizeof reply->counts[0])) {
        free(copy);
        return false;
    }
    reply->counts[reply->count++] = (struct peer_count){facet, copy, reports};
    return true;
}

static int compare_counts(const void *a, const void *b)
{
    return strcmp(((const struct peer_count *)a)->value, ((const struct peer_count *)b)->value);
}

/* In the form that ask_sitrep gives: facets in their order, values in byte order. */
static void print_counts(struct peer_reply *reply)
{
    if (reply->count > 0)
        qsort(reply->counts, reply->count, sizeof reply->counts[0], compare_counts);
    for (size_t facet = 0; facet < ARRAY_LEN(facet_names); facet++) {
        printf("%s%s", facet > 0 ? " " : "", facet_names[facet]);
        for (size_t i = 0; i < reply->count; i++)
            if (strcmp(reply->counts[i].facet, facet_names[facet]) == 0)
                printf(" %s=%llu", reply->counts[i].value,
                       (unsigned long long)reply->counts[i].reports);
    }
}

static void clear_reply(struct peer_reply *reply)
{
    for (size_t i = 0; i < reply->count; i++)
        free(reply->counts[i].value);
    free(reply->counts);
}

static bool answer(peer_asker *ask, void *context, enum peer_task task, const char *line,
                   struct error *err)
{
    struct asked asked;
    struct peer_reply reply = {0};
    if (!question_file_parse(line, "standard input", &asked, err))
        return false;
    double start = seconds_now();
    bool ok = ask(context, task, &asked, &reply, err);
    double took = seconds_now() - start;
    if (ok && reply.unasked)
        puts("-");
    else if (ok) {
        printf("%.0f\t%llu\t", 1e9 * took, (unsigned long long)reply.total);
        if (task == PEER_CHECK && reply.count > 0)
            print_counts(&reply);
        putchar('\n');
    }
    clear_reply(&reply);
    question_file_clear_line(&asked);
    return ok;
}

bool peer_serve(peer_asker *ask, void *context, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    while (ok && getline(&line, &room, stdin) > 0) {
        char *question = line, *name = strsep(&question, "\t");
        size_t task = 0;
        while (task < ARRAY_LEN(task_names) && strcmp(task_names[task], name) != 0)
            task++;
        if (question)
            question[strcspn(question, "\n")] = '\0';
        if (task == ARRAY_LEN(task_names))
            puts("-");
        else
            ok = answer(ask, context, (enum peer_task)task, question ? question : "", err);
        ok = ok && (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
    }
    free(line);
    return ok;
}

int peer_end(const char *name, const struct error *err)
{
    if (err->code == ERROR_NONE)
        return 0;
    fprintf(stderr, "%s: %s%s%s\n", name, err->where, err->where[0] ? ": " : "", err->text);
    return error_exit_status(err->code);
}

uint32_t peer_day(day_t day, uint32_t open)
{
    char value[DAY_VALUE_ROOM];
    return day == DAY_NONE ? open : (uint32_t)strtoul(day_to_value(day, value), NULL, 10);
}
