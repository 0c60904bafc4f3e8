/* groonga: Groonga as a peer, in process.
 *
 *   groonga_peer index REPORTS.jsonl DATABASE
 *   groonga_peer ask DATABASE                    see bench/compare.c
 *
 * Words as its tokenizer cuts them, normalised, without stems; positions; its own score, which is
 * by frequency; facets by its drilldowns. No phrase reaches over a full stop in Groonga.
 */
#include <groonga.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"

static const char *const schema[] = {
    "table_create Actors TABLE_HASH_KEY ShortText",
    "table_create Regions TABLE_HASH_KEY ShortText",
    "table_create Months TABLE_HASH_KEY ShortText",
    "table_create Reports TABLE_NO_KEY",
    "column_create Reports id COLUMN_SCALAR ShortText",
    "column_create Reports day COLUMN_SCALAR Int32",
    "column_create Reports title COLUMN_SCALAR ShortText",
    "column_create Reports text COLUMN_SCALAR LongText",
    "column_create Reports month COLUMN_SCALAR Months",
    "column_create Reports actors COLUMN_VECTOR Actors",
    "column_create Reports regions COLUMN_VECTOR Regions",
    "column_create Actors reports COLUMN_INDEX Reports actors",
};
/* After the reports are in: so the index is built at once. */
static const char *const finish[] = {
    "table_create Words TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram "
    "--normalizer NormalizerAuto",
    "column_create Words reports COLUMN_INDEX|WITH_POSITION|WITH_SECTION Reports title,text",
};

/* '*out' is the reply, which the context keeps; may be NULL. */
static bool run(grn_ctx *groonga, const char *command, size_t size, struct buffer *out,
                struct error *err)
{
    char *reply = NULL;
    unsigned int reply_size = 0;
    int flags = GRN_CTX_MORE;
    grn_ctx_send(groonga, command, (unsigned int)size, 0);
    if (out)
        buffer_reset(out);
    while (groonga->rc == GRN_SUCCESS && flags & GRN_CTX_MORE) {
        grn_ctx_recv(groonga, &reply, &reply_size, &flags);
        if (out)
            buffer_append(out, reply, reply_size);
    }
    return groonga->rc == GRN_SUCCESS ||
           error_set(err, ERROR_SYSTEM, "Groonga", "%s: %.60s", groonga->errbuf, command);
}

/* ---- index ------------------------------------------------------------------- */

static bool add(void *context, const struct report_line *report, struct error *err)
{
    grn_ctx *groonga = context;
    json_t *row = json_pack("{ss si ss ss sO sO}", "id", report->id, "day",
                            (int)report_line_day(report), "title", report->title, "text",
                            report->text, "actors", report->actors, "regions", report->regions);
    char month[8];
    snprintf(month, sizeof month, "%.7s", report->date);
    if (*month)
        json_object_set_new(row, "month", json_string(month));
    struct buffer line = {0};
    char *text = json_dumps(row, JSON_COMPACT);
    if (text)
        buffer_format(&line, "%s%s", report->number > 1 ? "," : "", text);
    bool ok = line.size > 0 && run(groonga, line.bytes, line.size, NULL, err);
    buffer_free(&line);
    free(text);
    json_decref(row);
    return ok;
}

static bool run_all(grn_ctx *groonga, const char *const *commands, size_t count, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = run(groonga, commands[i], strlen(commands[i]), NULL, err);
    return ok;
}

static bool make_index(grn_ctx *groonga, const char *reports, struct error *err)
{
    static const char *const load[] = {"load --table Reports", "["}, *const end[] = {"]"};
    return run_all(groonga, schema, ARRAY_LEN(schema), err) &&
           run_all(groonga, load, ARRAY_LEN(load), err) &&
           report_lines_read(reports, add, groonga, err) &&
           run_all(groonga, end, ARRAY_LEN(end), err) &&
           run_all(groonga, finish, ARRAY_LEN(finish), err);
}

/* ---- ask --------------------------------------------------------------------- */

static void append_question(struct buffer *command, const struct asked *asked)
{
    bool phrase = strcmp(asked->match, "phrase") == 0, any = strcmp(asked->match, "any") == 0;
    const char *and = "";
    buffer_text(command, "select Reports");
    if (*asked->words) {
        buffer_text(command, " --match_columns 'title || text' --query '");
        buffer_text(command, phrase ? "\"" : "");
        for (const char *c = asked->words; *c; c++)
            if (*c == ' ' && any)
                buffer_text(command, " OR ");
            else
                buffer_char(command, *c);
        buffer_text(command, phrase ? "\"'" : "'");
    }
    if (!*asked->actor && asked->from == DAY_NONE && asked->to == DAY_NONE)
        return;
    buffer_text(command, " --filter '");
    if (*asked->actor) {
        buffer_format(command, "actors @ \"%s\"", asked->actor);
        and = " && ";
    }
    if (asked->from != DAY_NONE || asked->to != DAY_NONE)
        buffer_format(command, "%sday >= %u && day <= %u", and, peer_day(asked->from, 1),
                      peer_day(asked->to, INT32_MAX));
    buffer_char(command, '\'');
}

static void append_facets(struct buffer *command, int limit)
{
    static const char *const facets[][2] = {
        {"actor", "actors"}, {"region", "regions"}, {"date", "month"}};
    for (size_t i = 0; i < ARRAY_LEN(facets); i++)
        buffer_format(command,
                      " --drilldowns[%s].keys %s --drilldowns[%s].sort_keys -_nsubrecs"
                      " --drilldowns[%s].limit %d",
                      facets[i][0], facets[i][1], facets[i][0], facets[i][0],
                      *facets[i][0] == 'd' ? -1 : limit);
}

/* [[[TOTAL],COLUMNS,HIT...],{"actor":[[N],COLUMNS,["jnim",12]...],...}] */
static bool read_reply(const struct buffer *reply, struct peer_reply *out, struct error *err)
{
    json_t *json = json_loadb(reply->bytes, reply->size, 0, NULL), *rows;
    json_t *hits = json_array_get(json, 0), *facets = json_array_get(json, 1);
    const char *facet;
    bool ok = true;
    out->total = (uint64_t)json_integer_value(json_array_get(json_array_get(hits, 0), 0));
    json_object_foreach(facets, facet, rows) for (size_t i = 2; ok && i < json_array_size(rows);
                                                  i++)
    {
        const json_t *row = json_array_get(rows, i);
        ok = peer_reply_add(out,
                            *facet == 'a'   ? "actor"
                            : *facet == 'r' ? "region"
                                            : "date",
                            json_string_value(json_array_get(row, 0)),
                            (uint64_t)json_integer_value(json_array_get(row, 1)));
    }
    json_decref(json);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    grn_ctx *groonga = context;
    struct buffer command = {0}, text = {0};
    bool ranked = task != PEER_NEWEST && *asked->words;
    append_question(&command, asked);
    buffer_format(&command, " --cache no --output_columns _id --limit 10 --sort_keys %s",
                  ranked ? "-_score" : "-day");
    if (task == PEER_FACETS || task == PEER_CHECK)
        append_facets(&command, task == PEER_CHECK ? -1 : 10);
    bool ok = !command.failed || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && run(groonga, command.bytes, command.size, &text, err) &&
         (task != PEER_CHECK || read_reply(&text, reply, err));
    buffer_free(&command);
    buffer_free(&text);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    grn_ctx groonga;
    bool index = argc == 4 && strcmp(argv[1], "index") == 0;
    if (!index && !(argc == 3 && strcmp(argv[1], "ask") == 0)) {
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: groonga_peer index REPORTS.jsonl DATABASE, or groonga_peer ask DATABASE");
        return peer_end("groonga_peer", &err);
    }
    grn_init();
    grn_ctx_init(&groonga, 0);
    grn_obj *database =
        index ? grn_db_create(&groonga, argv[3], NULL) : grn_db_open(&groonga, argv[2]);
    if (!database)
        error_set(&err, ERROR_SYSTEM, argv[argc - 1], "%s", groonga.errbuf);
    else if (index)
        make_index(&groonga, argv[2], &err);
    else
        peer_serve(ask, &groonga, &err);
    if (database)
        grn_obj_close(&groonga, database);
    grn_ctx_fin(&groonga);
    grn_fin();
    return peer_end("groonga_peer", &err);
}
