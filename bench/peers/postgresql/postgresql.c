/* postgresql: PostgreSQL's text search as a peer.
 *
 *   postgresql index REPORTS.jsonl CONNECTION
 *   postgresql ask CONNECTION                   see bench/compare.c
 *
 * Stems by its Snowball dictionary without a stop list, a GIN index, ts_rank, tags as arrays in
 * the reports' rows. Facets are one statement over the reports found.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"

static const char schema[] =
    "CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, LANGUAGE = english);"
    "CREATE TEXT SEARCH CONFIGURATION words (COPY = english);"
    "ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING REPLACE english_stem WITH stems;"
    "CREATE TABLE report (number int, id text, day int, title text, text text, actors text[],"
    "    regions text[], words tsvector GENERATED ALWAYS AS"
    "    (to_tsvector('words', title) || to_tsvector('words', text)) STORED)";
static const char copy[] = "COPY report (number, id, day, title, text, actors, regions) FROM STDIN";
static const char finish[] = "ALTER TABLE report ADD PRIMARY KEY (number);"
                             "CREATE INDEX report_words ON report USING gin (words);"
                             "CREATE INDEX report_actors ON report USING gin (actors);"
                             "CREATE INDEX report_day ON report (day); ANALYZE report";

static bool failed(PGconn *connection, struct error *err)
{
    return error_set(err, ERROR_SYSTEM, "PostgreSQL", "%s", PQerrorMessage(connection));
}

/* '*out' is NULL where the result does not matter. */
static bool run(PGconn *connection, const char *sql, PGresult **out, struct error *err)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN ||
              failed(connection, err);
    if (ok && out)
        *out = result;
    else
        PQclear(result);
    return ok;
}

/* ---- index ------------------------------------------------------------------- */

/* A column of a line of COPY. */
static void append_column(struct buffer *line, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '\t')
            buffer_char(line, '\\');
        if (*text == '\n' || *text == '\r')
            buffer_text(line, *text == '\n' ? "\\n" : "\\r");
        else
            buffer_char(line, *text);
    }
    buffer_char(line, '\t');
}

static void append_array(struct buffer *line, const json_t *values, char end)
{
    buffer_char(line, '{');
    for (size_t i = 0; i < json_array_size(values); i++)
        buffer_format(line, "%s\"%s\"", i > 0 ? "," : "",
                      json_string_value(json_array_get(values, i)));
    buffer_char(line, '}');
    buffer_char(line, end);
}

static bool add(void *context, const struct report_line *report, struct error *err)
{
    PGconn *connection = context;
    struct buffer line = {0};
    buffer_format(&line, "%u\t", report->number);
    append_column(&line, report->id);
    buffer_format(&line, "%u\t", report_line_day(report));
    append_column(&line, report->title);
    append_column(&line, report->text);
    append_array(&line, report->actors, '\t');
    append_array(&line, report->regions, '\n');
    bool ok = !line.failed || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok &&
         (PQputCopyData(connection, line.bytes, (int)line.size) == 1 || failed(connection, err));
    buffer_free(&line);
    return ok;
}

static bool make_index(PGconn *connection, const char *reports, struct error *err)
{
    if (!run(connection, schema, NULL, err) || !run(connection, copy, NULL, err) ||
        !report_lines_read(reports, add, connection, err))
        return false;
    if (PQputCopyEnd(connection, NULL) != 1)
        return failed(connection, err);
    PGresult *result = PQgetResult(connection);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK || failed(connection, err);
    PQclear(result);
    while ((result = PQgetResult(connection)))
        PQclear(result);
    return ok && run(connection, finish, NULL, err);
}

/* ---- ask --------------------------------------------------------------------- */

static void append_words(struct buffer *sql, const struct asked *asked)
{
    const char *join = strcmp(asked->match, "phrase") == 0 ? " <-> "
                       : strcmp(asked->match, "any") == 0  ? " | "
                                                           : " & ";
    buffer_text(sql, "to_tsquery('words', '");
    for (const char *c = asked->words; *c; c++)
        if (*c == ' ')
            buffer_text(sql, join);
        else
            buffer_char(sql, *c);
    buffer_text(sql, "')");
}

static void append_question(struct buffer *sql, const struct asked *asked)
{
    buffer_text(sql, " FROM report WHERE true");
    if (*asked->words) {
        buffer_text(sql, " AND words @@ ");
        append_words(sql, asked);
    }
    if (*asked->actor)
        buffer_format(sql, " AND actors @> ARRAY['%s']", asked->actor);
    if (asked->from != DAY_NONE || asked->to != DAY_NONE)
        buffer_format(sql, " AND day BETWEEN %u AND %u", peer_day(asked->from, 1),
                      peer_day(asked->to, 99991231));
}

static bool run_written(PGconn *connection, struct buffer *sql, PGresult **out, struct error *err)
{
    char *text = buffer_take(sql, NULL);
    bool ok = (text || error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
              run(connection, text, out, err);
    free(text);
    return ok;
}

static bool find_hits(PGconn *connection, const struct asked *asked, bool newest, struct error *err)
{
    struct buffer sql = {0};
    buffer_text(&sql, "SELECT number");
    append_question(&sql, asked);
    buffer_text(&sql, " ORDER BY ");
    if (newest || !*asked->words) {
        buffer_text(&sql, "number");
    } else {
        buffer_text(&sql, "ts_rank(words, ");
        append_words(&sql, asked);
        buffer_text(&sql, ")");
    }
    buffer_text(&sql, " DESC LIMIT 10");
    return run_written(connection, &sql, NULL, err);
}

/* Rows of facet, value, reports; the total has neither facet nor value. */
static bool count_facets(PGconn *connection, const struct asked *asked, struct peer_reply *reply,
                         struct error *err)
{
    struct buffer sql = {0};
    PGresult *rows;
    buffer_text(&sql, "WITH found AS MATERIALIZED (SELECT day, actors, regions");
    append_question(&sql, asked);
    buffer_text(&sql,
                ") SELECT '', '', count(*) FROM found UNION ALL SELECT 'actor', v, count(*) "
                "FROM found, unnest(actors) v GROUP BY v UNION ALL SELECT 'region', v, count(*) "
                "FROM found, unnest(regions) v GROUP BY v UNION ALL SELECT 'date', "
                "overlay((day / 100)::text PLACING '-' FROM 5 FOR 0), count(*) FROM found "
                "WHERE day > 0 GROUP BY day / 100");
    if (!run_written(connection, &sql, &rows, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < PQntuples(rows); i++) {
        const char *facet = PQgetvalue(rows, i, 0);
        uint64_t count = strtoull(PQgetvalue(rows, i, 2), NULL, 10);
        if (!*facet)
            reply->total = count;
        else
            ok = peer_reply_add(reply,
                                *facet == 'a'   ? "actor"
                                : *facet == 'r' ? "region"
                                                : "date",
                                PQgetvalue(rows, i, 1), count) ||
                 error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    PQclear(rows);
    return ok;
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    PGconn *connection = context;
    if (task != PEER_CHECK && !find_hits(connection, asked, task == PEER_NEWEST, err))
        return false;
    return (task != PEER_CHECK && task != PEER_FACETS) ||
           count_facets(connection, asked, reply, err);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    PGconn *connection = NULL;
    bool index = argc == 4 && strcmp(argv[1], "index") == 0;
    if (!index && !(argc == 3 && strcmp(argv[1], "ask") == 0))
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: postgresql index REPORTS.jsonl CONNECTION, or postgresql ask CONNECTION");
    else if (PQstatus(connection = PQconnectdb(argv[argc - 1])) != CONNECTION_OK)
        failed(connection, &err);
    else if (index)
        make_index(connection, argv[2], &err);
    else
        peer_serve(ask, connection, &err);
    PQfinish(connection);
    return peer_end("postgresql", &err);
}
