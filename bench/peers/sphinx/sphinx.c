/* sphinx: Sphinx as a peer, over its SQL protocol on a Unix socket.
 *
 *   sphinx_peer convert REPORTS.jsonl DIR   > reports as tab-separated values; DIR gets the names
 *   sphinx_peer ask DIR SOCKET              see bench/compare.c
 *
 * Stems for English, ranker bm25; actors, regions and months are numbers, listed in DIR/values.
 */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"

static void write_text(const char *text)
{
    for (; *text; text++)
        putchar(*text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text);
}

static bool write_values(struct value_list *values, const json_t *ids)
{
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(ids); i++) {
        uint32_t number = value_list_number(values, json_string_value(json_array_get(ids, i)));
        ok = number > 0 && printf("%s%u", i > 0 ? "," : "", number) > 0;
    }
    return ok;
}

/* number, title, text, day, month, actors, regions */
static bool convert(void *context, const struct report_line *report, struct error *err)
{
    uint32_t day = report_line_day(report);
    printf("%u\t", report->number);
    write_text(report->title);
    putchar('\t');
    write_text(report->text);
    printf("\t%u\t%u\t", day, day / 100);
    bool ok = write_values(context, report->actors) && putchar('\t') != EOF &&
              write_values(context, report->regions) && putchar('\n') != EOF;
    return ok || error_set(err, ERROR_IO, report->id, "cannot write");
}

static bool convert_all(const char *reports, const char *dir, struct error *err)
{
    struct value_list values = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/values", dir);
    bool ok = report_lines_read(reports, convert, &values, err) &&
              value_list_write(&values, path, err) &&
              (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
    value_list_clear(&values);
    return ok;
}

/* ---- ask --------------------------------------------------------------------- */

struct sphinx {
    MYSQL *connection;
    struct value_list values;
};

static bool failed(const struct sphinx *sphinx, struct error *err)
{
    return error_set(err, ERROR_SYSTEM, "Sphinx", "%s", mysql_error(sphinx->connection));
}

static void append_question(const struct sphinx *sphinx, struct buffer *sql,
                            const struct asked *asked)
{
    bool phrase = strcmp(asked->match, "phrase") == 0, any = strcmp(asked->match, "any") == 0;
    buffer_text(sql, " FROM reports WHERE day >= 0");
    if (*asked->words) {
        buffer_text(sql, phrase ? " AND MATCH('\"" : " AND MATCH('");
        for (const char *c = asked->words; *c; c++)
            if (*c == ' ' && any)
                buffer_text(sql, " | ");
            else
                buffer_char(sql, *c);
        buffer_text(sql, phrase ? "\"')" : "')");
    }
    for (uint32_t i = 1; *asked->actor && i <= sphinx->values.count; i++)
        if (strcmp(value_list_at(&sphinx->values, i), asked->actor) == 0)
            buffer_format(sql, " AND actor = %u", i);
    if (asked->from != DAY_NONE || asked->to != DAY_NONE)
        buffer_format(sql, " AND day BETWEEN %u AND %u", peer_day(asked->from, 1),
                      peer_day(asked->to, 99991231));
}

static void append_facets(struct buffer *sql)
{
    buffer_text(sql, " FACET actor ORDER BY COUNT(*) DESC LIMIT 10"
                     " FACET region ORDER BY COUNT(*) DESC LIMIT 10 FACET month LIMIT 1000");
}

static bool add_row(const struct sphinx *sphinx, const char *facet, MYSQL_ROW row,
                    struct peer_reply *reply)
{
    uint32_t number = (uint32_t)strtoul(row[0], NULL, 10);
    char month[16];
    snprintf(month, sizeof month, "%04u-%02u", number / 100, number % 100);
    const char *value = *facet == 'd' ? month : value_list_at(&sphinx->values, number);
    return number == 0 || peer_reply_add(reply, facet, value, strtoull(row[1], NULL, 10));
}

/* Walks through the result sets of what was written; '*facet' names the values that are counted,
 * NULL where rows do not matter. */
static bool run(struct sphinx *sphinx, struct buffer *sql, const char *facet,
                struct peer_reply *reply, struct error *err)
{
    char *text = buffer_take(sql, NULL);
    bool ok = text || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && (mysql_query(sphinx->connection, text) == 0 || failed(sphinx, err));
    free(text);
    for (int more = 0; ok && more == 0; more = mysql_next_result(sphinx->connection)) {
        MYSQL_RES *rows = mysql_store_result(sphinx->connection);
        for (MYSQL_ROW row; ok && facet && rows && (row = mysql_fetch_row(rows));)
            ok = add_row(sphinx, facet, row, reply) ||
                 error_set(err, ERROR_MEMORY, NULL, "out of memory");
        mysql_free_result(rows);
    }
    return ok && (mysql_errno(sphinx->connection) == 0 || failed(sphinx, err));
}

static bool read_total(struct sphinx *sphinx, struct peer_reply *reply, struct error *err)
{
    if (mysql_query(sphinx->connection, "SHOW META LIKE 'total_found'") != 0)
        return failed(sphinx, err);
    MYSQL_RES *rows = mysql_store_result(sphinx->connection);
    MYSQL_ROW row = rows ? mysql_fetch_row(rows) : NULL;
    reply->total = row ? strtoull(row[1], NULL, 10) : 0;
    mysql_free_result(rows);
    return true;
}

/* All values of the facets, each by a statement of its own: FACET knows no more than 1,000. */
static bool check(struct sphinx *sphinx, const struct asked *asked, struct peer_reply *reply,
                  struct error *err)
{
    static const char *const facets[][2] = {
        {"actor", "actor"}, {"region", "region"}, {"date", "month"}};
    struct buffer sql = {0};
    buffer_text(&sql, "SELECT id");
    append_question(sphinx, &sql, asked);
    buffer_text(&sql, " LIMIT 1");
    bool ok = run(sphinx, &sql, NULL, reply, err) && read_total(sphinx, reply, err);
    for (size_t i = 0; ok && i < ARRAY_LEN(facets); i++) {
        buffer_text(&sql, "SELECT GROUPBY(), COUNT(*)");
        append_question(sphinx, &sql, asked);
        buffer_format(&sql, " GROUP BY %s LIMIT 50000 OPTION max_matches=50000", facets[i][1]);
        ok = run(sphinx, &sql, facets[i][0], reply, err);
    }
    return ok;
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    struct sphinx *sphinx = context;
    struct buffer sql = {0};
    bool ranked = task != PEER_NEWEST && *asked->words;
    if (task == PEER_CHECK)
        return check(sphinx, asked, reply, err);
    buffer_text(&sql, "SELECT id");
    append_question(sphinx, &sql, asked);
    buffer_format(&sql, "%s LIMIT 10 OPTION ranker=bm25", ranked ? "" : " ORDER BY day DESC");
    if (task == PEER_FACETS)
        append_facets(&sql);
    return run(sphinx, &sql, NULL, reply, err);
}

/* The server's socket is there before it listens. */
static bool connect_to(struct sphinx *sphinx, const char *socket, struct error *err)
{
    for (int tries = 0; tries < 100; tries++) {
        if (mysql_real_connect(sphinx->connection, NULL, NULL, NULL, NULL, 0, socket,
                               CLIENT_MULTI_STATEMENTS | CLIENT_MULTI_RESULTS))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return failed(sphinx, err);
}

static bool ask_all(const char *dir, const char *socket, struct error *err)
{
    struct sphinx sphinx = {.connection = mysql_init(NULL)};
    char path[4096];
    snprintf(path, sizeof path, "%s/values", dir);
    bool ok = sphinx.connection && connect_to(&sphinx, socket, err) &&
              value_list_read(path, &sphinx.values, err) && peer_serve(ask, &sphinx, err);
    mysql_close(sphinx.connection);
    value_list_clear(&sphinx.values);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc == 4 && strcmp(argv[1], "convert") == 0)
        convert_all(argv[2], argv[3], &err);
    else if (argc == 4 && strcmp(argv[1], "ask") == 0)
        ask_all(argv[2], argv[3], &err);
    else
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: sphinx_peer convert REPORTS.jsonl DIR, or sphinx_peer ask DIR SOCKET");
    return peer_end("sphinx_peer", &err);
}
