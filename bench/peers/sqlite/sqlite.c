/* sqlite: SQLite's FTS5 as a peer: stems by its porter tokenizer, words in one index over title
 * and text, tags in a table beside it.
 *
 *   sqlite index REPORTS.jsonl DATABASE
 *   sqlite ask DATABASE [client]           see bench/compare.c
 *
 * Reports go in by day, so that the newest are those with the highest numbers. For facets the
 * matching numbers are put into a table in memory once, and counted from there; or, with 'client',
 * the tags and days of all matches are fetched and counted by the program, as is done with engines
 * that have no facets.
 */
#include <search.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"

static const char schema[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" /* its fastest way to build */
    "CREATE TABLE report (number INTEGER PRIMARY KEY, id TEXT, day INTEGER);"
    "CREATE TABLE content (number INTEGER PRIMARY KEY, title TEXT, text TEXT);"
    "CREATE TABLE tag (report INTEGER, facet TEXT, value TEXT, PRIMARY KEY (report, facet, value))"
    "    WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE words USING fts5(title, text, content='content', content_rowid='number',"
    "    tokenize='porter unicode61');"
    "BEGIN;";
static const char finish[] = "CREATE INDEX tag_value ON tag (facet, value, report);"
                             "CREATE INDEX report_day ON report (day);"
                             "INSERT INTO words (words) VALUES ('optimize'); COMMIT;";

struct sqlite {
    sqlite3 *database;
    bool client; /* it counts */
    sqlite3_stmt *report, *content, *words, *tag;
};

static bool failed(const struct sqlite *sqlite, struct error *err)
{
    return error_set(err, ERROR_SYSTEM, "SQLite", "%s", sqlite3_errmsg(sqlite->database));
}

static bool run(const struct sqlite *sqlite, const char *sql, struct error *err)
{
    return sqlite3_exec(sqlite->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           failed(sqlite, err);
}

static bool prepare(const struct sqlite *sqlite, const char *sql, sqlite3_stmt **out,
                    struct error *err)
{
    return sqlite3_prepare_v2(sqlite->database, sql, -1, out, NULL) == SQLITE_OK ||
           failed(sqlite, err);
}

/* ---- index ------------------------------------------------------------------- */

static void bind(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

static bool step(const struct sqlite *sqlite, sqlite3_stmt *statement, struct error *err)
{
    bool ok = sqlite3_step(statement) == SQLITE_DONE || failed(sqlite, err);
    sqlite3_reset(statement);
    return ok;
}

static bool add_tags(const struct sqlite *sqlite, uint32_t number, const char *facet,
                     const json_t *values, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(values); i++) {
        sqlite3_bind_int64(sqlite->tag, 1, number);
        bind(sqlite->tag, 2, facet);
        bind(sqlite->tag, 3, json_string_value(json_array_get(values, i)));
        ok = step(sqlite, sqlite->tag, err);
    }
    return ok;
}

static bool add(void *context, const struct report_line *report, struct error *err)
{
    const struct sqlite *sqlite = context;
    sqlite3_bind_int64(sqlite->report, 1, report->number);
    bind(sqlite->report, 2, report->id);
    sqlite3_bind_int64(sqlite->report, 3, report_line_day(report));
    sqlite3_bind_int64(sqlite->content, 1, report->number);
    bind(sqlite->content, 2, report->title);
    bind(sqlite->content, 3, report->text);
    sqlite3_bind_int64(sqlite->words, 1, report->number);
    bind(sqlite->words, 2, report->title);
    bind(sqlite->words, 3, report->text);
    return step(sqlite, sqlite->report, err) && step(sqlite, sqlite->content, err) &&
           step(sqlite, sqlite->words, err) &&
           add_tags(sqlite, report->number, "actor", report->actors, err) &&
           add_tags(sqlite, report->number, "region", report->regions, err);
}

static bool make_index(struct sqlite *sqlite, const char *reports, struct error *err)
{
    return run(sqlite, schema, err) &&
           prepare(sqlite, "INSERT INTO report VALUES (?, ?, ?)", &sqlite->report, err) &&
           prepare(sqlite, "INSERT INTO content VALUES (?, ?, ?)", &sqlite->content, err) &&
           prepare(sqlite, "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                   &sqlite->words, err) &&
           prepare(sqlite, "INSERT OR IGNORE INTO tag VALUES (?, ?, ?)", &sqlite->tag, err) &&
           report_lines_read(reports, add, sqlite, err) && run(sqlite, finish, err);
}

/* ---- ask --------------------------------------------------------------------- */

/* "\"bo\" AND \"dru\"" */
static void append_words(struct buffer *sql, const struct asked *asked)
{
    bool phrase = strcmp(asked->match, "phrase") == 0;
    const char *join = phrase ? " " : strcmp(asked->match, "any") == 0 ? "\" OR \"" : "\" AND \"";
    buffer_text(sql, "words MATCH '\"");
    for (const char *c = asked->words; *c; c++)
        if (*c == ' ')
            buffer_text(sql, join);
        else
            buffer_char(sql, *c);
    buffer_text(sql, "\"'");
}

/* The question as FROM and WHERE; its reports' numbers are 'n.number'. */
static void append_question(struct buffer *sql, const struct asked *asked)
{
    bool dates = asked->from != DAY_NONE || asked->to != DAY_NONE;
    const char *number = *asked->words ? "words.rowid" : "report.number";
    buffer_text(sql, *asked->words ? " FROM words" : " FROM report");
    if (dates && *asked->words)
        buffer_text(sql, " JOIN report ON report.number = words.rowid");
    buffer_text(sql, " WHERE ");
    if (*asked->words)
        append_words(sql, asked);
    else
        buffer_text(sql, "1");
    if (*asked->actor)
        buffer_format(sql,
                      " AND EXISTS (SELECT 1 FROM tag WHERE tag.report = %s AND facet = 'actor'"
                      " AND value = '%s')",
                      number, asked->actor);
    if (dates)
        buffer_format(sql, " AND day BETWEEN %u AND %u", peer_day(asked->from, 1),
                      peer_day(asked->to, UINT32_MAX));
}

/* Runs what was written and walks through its rows: facet, value, reports; or one number. */
static bool read_rows(const struct sqlite *sqlite, struct buffer *sql, struct peer_reply *reply,
                      struct error *err)
{
    sqlite3_stmt *statement = NULL;
    char *text = buffer_take(sql, NULL);
    int status = SQLITE_DONE;
    bool ok = (text || error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
              prepare(sqlite, text, &statement, err);
    while (ok && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        if (sqlite3_column_count(statement) == 1)
            reply->total = (uint64_t)sqlite3_column_int64(statement, 0);
        else
            ok = peer_reply_add(reply,
                                *sqlite3_column_text(statement, 0) == 'a'   ? "actor"
                                : *sqlite3_column_text(statement, 0) == 'r' ? "region"
                                                                            : "date",
                                (const char *)sqlite3_column_text(statement, 1),
                                (uint64_t)sqlite3_column_int64(statement, 2));
    }
    ok = ok && (status == SQLITE_DONE || failed(sqlite, err));
    sqlite3_finalize(statement);
    free(text);
    return ok;
}

static bool find_hits(const struct sqlite *sqlite, const struct asked *asked, bool newest,
                      struct peer_reply *reply, struct error *err)
{
    struct buffer sql = {0};
    buffer_format(&sql, "SELECT %s", *asked->words ? "words.rowid" : "report.number");
    append_question(&sql, asked);
    buffer_format(&sql, " ORDER BY %s LIMIT 10",
                  !*asked->words ? "report.number DESC"
                  : newest       ? "words.rowid DESC"
                                 : "words.rank");
    return read_rows(sqlite, &sql, reply, err);
}

static bool count_facets(const struct sqlite *sqlite, const struct asked *asked, bool all,
                         struct peer_reply *reply, struct error *err)
{
    struct buffer sql = {0};
    const char *limit = all ? "" : " ORDER BY 3 DESC LIMIT 10";
    if (!run(sqlite, "DELETE FROM found", err))
        return false;
    buffer_format(&sql, "INSERT INTO found SELECT %s",
                  *asked->words ? "words.rowid" : "report.number");
    append_question(&sql, asked);
    bool ok = read_rows(sqlite, &sql, reply, err);
    for (const char *const *facet = (const char *const[]){"actor", "region", NULL}; ok && *facet;
         facet++) {
        buffer_format(
            &sql,
            "SELECT facet, value, count(*) FROM found CROSS JOIN tag ON tag.report = number "
            "WHERE facet = '%s' GROUP BY value%s",
            *facet, limit);
        ok = read_rows(sqlite, &sql, reply, err);
    }
    buffer_text(&sql,
                "SELECT 'date', substr(day, 1, 4) || '-' || substr(day, 5, 2), count(*) "
                "FROM found CROSS JOIN report USING (number) WHERE day > 0 GROUP BY day / 100");
    ok = ok && read_rows(sqlite, &sql, reply, err);
    buffer_free(&sql);
    return ok;
}

/* ---- counted by the client ------------------------------------------------------ */

struct tagged {
    char *value;
    uint64_t reports;
};

static int compare_tagged(const void *a, const void *b)
{
    return strcmp(((const struct tagged *)a)->value, ((const struct tagged *)b)->value);
}

static bool count_one(void **tree, const char *value)
{
    struct tagged key = {.value = (char *)(uintptr_t)value},
                  **found = tfind(&key, tree, compare_tagged);
    if (!found) {
        struct tagged *added = calloc(1, sizeof *added);
        if (!added || !(added->value = strdup(value)) ||
            !(found = tsearch(added, tree, compare_tagged)))
            return false;
    }
    (*found)->reports++;
    return true;
}

/* Empties the tree into the reply. */
static bool take_counts(void **tree, const char *facet, struct peer_reply *reply)
{
    bool ok = true;
    while (*tree) {
        struct tagged *least = *(struct tagged **)*tree;
        ok = peer_reply_add(reply, facet, least->value, least->reports) && ok;
        tdelete(least, tree, compare_tagged);
        free(least->value);
        free(least);
    }
    return ok;
}

/* Fetches a value of each row and counts them. */
static bool count_rows(const struct sqlite *sqlite, struct buffer *sql, const char *facet,
                       struct peer_reply *reply, struct error *err)
{
    sqlite3_stmt *statement = NULL;
    void *tree = NULL;
    char *text = buffer_take(sql, NULL);
    int status = SQLITE_DONE;
    bool ok = (text || error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
              prepare(sqlite, text, &statement, err);
    while (ok && (status = sqlite3_step(statement)) == SQLITE_ROW)
        ok = count_one(&tree, (const char *)sqlite3_column_text(statement, 0)) ||
             error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && (status == SQLITE_DONE || failed(sqlite, err));
    sqlite3_finalize(statement);
    free(text);
    return take_counts(&tree, facet, reply) && ok;
}

static bool count_by_client(const struct sqlite *sqlite, const struct asked *asked,
                            struct peer_reply *reply, struct error *err)
{
    struct buffer sql = {0};
    bool ok = run(sqlite, "DELETE FROM found", err);
    buffer_format(&sql, "INSERT INTO found SELECT %s",
                  *asked->words ? "words.rowid" : "report.number");
    append_question(&sql, asked);
    ok = ok && read_rows(sqlite, &sql, reply, err);
    for (const char *const *facet = (const char *const[]){"actor", "region", NULL}; ok && *facet;
         facet++) {
        buffer_format(&sql,
                      "SELECT value FROM found CROSS JOIN tag ON tag.report = number "
                      "WHERE facet = '%s'",
                      *facet);
        ok = count_rows(sqlite, &sql, *facet, reply, err);
    }
    buffer_text(&sql, "SELECT substr(day, 1, 4) || '-' || substr(day, 5, 2) "
                      "FROM found CROSS JOIN report USING (number) WHERE day > 0");
    ok = ok && count_rows(sqlite, &sql, "date", reply, err);
    buffer_free(&sql);
    return ok;
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    const struct sqlite *sqlite = context;
    struct buffer sql = {0};
    if (task != PEER_CHECK && !find_hits(sqlite, asked, task == PEER_NEWEST, reply, err))
        return false;
    if (task != PEER_CHECK && task != PEER_FACETS)
        return true;
    buffer_text(&sql, "SELECT count(*) FROM found");
    return (sqlite->client ? count_by_client(sqlite, asked, reply, err)
                           : count_facets(sqlite, asked, task == PEER_CHECK, reply, err)) &&
           read_rows(sqlite, &sql, reply, err);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct sqlite sqlite = {0};
    bool index = argc == 4 && strcmp(argv[1], "index") == 0;
    sqlite.client = argc == 4 && strcmp(argv[3], "client") == 0;
    if (!index && !((argc == 3 || sqlite.client) && strcmp(argv[1], "ask") == 0))
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: sqlite index REPORTS.jsonl DATABASE, or sqlite ask DATABASE [client]");
    else if (sqlite3_open(argv[index ? 3 : 2], &sqlite.database) != SQLITE_OK)
        failed(&sqlite, &err);
    else if (index)
        make_index(&sqlite, argv[2], &err);
    else if (run(&sqlite,
                 "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000000;"
                 "CREATE TEMP TABLE found (number INTEGER PRIMARY KEY)",
                 &err))
        peer_serve(ask, &sqlite, &err);
    sqlite3_finalize(sqlite.report);
    sqlite3_finalize(sqlite.content);
    sqlite3_finalize(sqlite.words);
    sqlite3_finalize(sqlite.tag);
    sqlite3_close(sqlite.database);
    return peer_end("sqlite", &err);
}
