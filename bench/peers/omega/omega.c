/* omega: Omega as a peer: its CGI program, started for each question as a web server does.
 *
 *   omega_peer convert REPORTS.jsonl   > the dump that scriptindex reads
 *   omega_peer ask TEMPLATE            see bench/compare.c; OMEGA_CONFIG_FILE names its database
 *
 * Omega counts no facets, and without a question it answers nothing.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"

#define OMEGA "/usr/lib/cgi-bin/omega/omega"

/* A field over several lines: those after the first begin with '='. */
static void write_field(const char *name, const char *text)
{
    printf("%s=", name);
    for (; *text; text++)
        fputs(*text == '\n' ? "\n=" : (char[]){*text, '\0'}, stdout);
    putchar('\n');
}

static bool convert(void *context, const struct report_line *report, struct error *err)
{
    (void)context;
    write_field("id", report->id);
    printf("day=%.0u\n", report_line_day(report));
    write_field("title", report->title);
    write_field("text", report->text);
    for (size_t i = 0; i < json_array_size(report->actors); i++)
        write_field("actor", json_string_value(json_array_get(report->actors, i)));
    for (size_t i = 0; i < json_array_size(report->regions); i++)
        write_field("region", json_string_value(json_array_get(report->regions, i)));
    return putchar('\n') != EOF || error_set_errno(err, ERROR_IO, NULL, "cannot write");
}

/* ---- ask --------------------------------------------------------------------- */

static void append_question(struct buffer *query, const struct asked *asked)
{
    bool phrase = strcmp(asked->match, "phrase") == 0, any = strcmp(asked->match, "any") == 0;
    buffer_text(query, phrase ? "&P=%22" : "&P=");
    for (const char *c = asked->words; *c; c++)
        if (*c == ' ')
            buffer_text(query, any ? "+OR+" : "+");
        else
            buffer_char(query, *c);
    buffer_text(query, phrase ? "%22" : "");
    if (*asked->actor)
        buffer_format(query, "&B=XA%s", asked->actor);
    if (asked->from != DAY_NONE || asked->to != DAY_NONE)
        buffer_format(query, "&DATEVALUE=0&START=%u&END=%u", peer_day(asked->from, 10000101),
                      peer_day(asked->to, 99991231));
}

/* Starts Omega with 'query' as QUERY_STRING and reads all that it writes. */
static bool run(const char *query, struct buffer *out, struct error *err)
{
    int ends[2], status = 0;
    pid_t pid;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {OMEGA, NULL}, bytes[65536];
    if (pipe(ends) != 0)
        return error_set_errno(err, ERROR_SYSTEM, OMEGA, "pipe");
    setenv("QUERY_STRING", query, 1);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int failure = posix_spawn(&pid, OMEGA, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    for (ssize_t size; failure == 0 && (size = read(ends[0], bytes, sizeof bytes)) > 0;)
        buffer_append(out, bytes, (size_t)size);
    close(ends[0]);
    if (failure == 0)
        waitpid(pid, &status, 0);
    return (failure == 0 && status == 0) ||
           error_set(err, ERROR_SYSTEM, OMEGA, "does not run: %s", query);
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    struct buffer query = {0}, page = {0};
    reply->unasked = task == PEER_FACETS || !*asked->words;
    if (reply->unasked)
        return true;
    buffer_format(&query, "DB=database&DEFAULTOP=and&HITSPERPAGE=10&FMT=%s",
                  task == PEER_CHECK ? "count" : (const char *)context);
    append_question(&query, asked);
    buffer_text(&query, task == PEER_CHECK    ? "&MINHITS=100000000"
                        : task == PEER_NEWEST ? "&SORT=0&SORTREVERSE=1"
                                              : "");
    bool ok = !query.failed || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && run(query.bytes, &page, err);
    const char *total = ok && page.size > 0 ? strstr(page.bytes, "total=") : NULL;
    reply->total = total ? strtoull(total + strlen("total="), NULL, 10) : 0;
    buffer_free(&query);
    buffer_free(&page);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc == 3 && strcmp(argv[1], "convert") == 0)
        report_lines_read(argv[2], convert, NULL, &err);
    else if (argc == 3 && strcmp(argv[1], "ask") == 0)
        peer_serve(ask, argv[2], &err);
    else
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: omega_peer convert REPORTS.jsonl, or omega_peer ask TEMPLATE");
    return peer_end("omega_peer", &err);
}
