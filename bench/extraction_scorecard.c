/* extraction_scorecard: extraction measured against the gold sets under $SITREP_DATA.
 *
 *   extraction_scorecard VOCABULARY [SET...]     figures of each set
 *   extraction_scorecard --gold SET              the set as gold lines, for sitrep-index score
 *
 * docs/extraction.md says what is taken from each.
 */
#include <csv.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/score.h"

/* Takes one gold report. */
typedef void (*gold_sink)(void *context, json_t *gold);

struct sink {
    gold_sink take;
    void *context;
};

static void give(const struct sink *sink, json_t *gold)
{
    sink->take(sink->context, gold);
    json_decref(gold);
}

static char *read_all(const char *path, size_t *size)
{
    struct buffer text = {.bytes = NULL};
    char part[1 << 16];
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        buffer_append(&text, part, got);
    fclose(file);
    return buffer_take(&text, size);
}

/* ---- CSV ---------------------------------------------------------------- */

#define COLUMNS 64

/* One table in the reading: the first row names the columns. */
struct table {
    char *heads[COLUMNS], *fields[COLUMNS];
    size_t head_count, column;
    bool has_heads;
    void (*row)(struct table *table);
    const struct sink *sink;
};

static const char *field(const struct table *table, const char *head)
{
    for (size_t i = 0; i < table->head_count; i++)
        if (strcmp(table->heads[i], head) == 0)
            return table->fields[i] ? table->fields[i] : "";
    return "";
}

static void take_field(void *bytes, size_t size, void *context)
{
    struct table *table = context;
    if (table->column < COLUMNS) {
        char **into = table->has_heads ? table->fields : table->heads;
        free(into[table->column]);
        into[table->column++] = strndup(bytes ? bytes : "", size);
    }
}

static void take_row(int end, void *context)
{
    struct table *table = context;
    (void)end;
    if (table->has_heads && table->column == table->head_count)
        table->row(table);
    else if (!table->has_heads)
        table->head_count = table->column;
    table->has_heads = true;
    table->column = 0;
}

static bool read_table(const char *path, void (*row)(struct table *table), const struct sink *sink)
{
    struct table table = {.row = row, .sink = sink};
    struct csv_parser parser;
    size_t size;
    char *text = read_all(path, &size);
    if (!text || csv_init(&parser, CSV_APPEND_NULL) != 0)
        return false;
    csv_parse(&parser, text, size, take_field, take_row, &table);
    csv_fini(&parser, take_field, take_row, &table);
    csv_free(&parser);
    for (size_t i = 0; i < COLUMNS; i++) {
        free(table.heads[i]);
        free(table.fields[i]);
    }
    free(text);
    return true;
}

/* ACLED's codes for the kinds of actor that have a name of their own. */
static bool is_named(const char *actor, const char *kind)
{
    return *actor && strchr("12348", kind[0]) && !strcasestr(actor, "unidentified");
}

static void acled_row(struct table *table)
{
    json_t *gold = json_pack("{s:s, s:s, s:s, s:[s], s:[s], s:[s]}", "id",
                             field(table, "event_id_cnty"), "date", field(table, "event_date"),
                             "text", field(table, "notes"), "country", field(table, "country"),
                             "admin1", field(table, "admin1"), "place", field(table, "location"));
    json_t *actors = json_array();
    if (is_named(field(table, "actor1"), field(table, "inter1")))
        json_array_append_new(actors, json_string(field(table, "actor1")));
    if (is_named(field(table, "actor2"), field(table, "inter2")))
        json_array_append_new(actors, json_string(field(table, "actor2")));
    if (json_array_size(actors))
        json_object_set(gold, "actors", actors);
    json_decref(actors);
    if (gold)
        give(table->sink, gold);
}

static bool read_acled(const char *data, const struct sink *sink)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/acled_global_sample/acled_global_sample.csv", data);
    return read_table(path, acled_row, sink);
}

/* A side can be several actors, parted by commas. */
static void add_side(json_t *actors, const char *side)
{
    while (*side) {
        size_t size = strcspn(side, ",");
        json_array_append_new(actors, json_stringn(side, size));
        side += size;
        side += strspn(side, ", ");
    }
}

static void ucdp_row(struct table *table)
{
    const char *division = field(table, "adm_1");
    if (!*field(table, "source_headline") || strcmp(field(table, "source_headline"), "NA") == 0)
        return;
    json_t *gold =
        json_pack("{s:s, s:s, s:s, s:[s], s:[s], s:[]}", "id", field(table, "id"), "date",
                  field(table, "date_start"), "text", field(table, "source_headline"), "country",
                  field(table, "country"), "place", field(table, "where_coordinates"), "actors");
    if (!gold)
        return;
    add_side(json_object_get(gold, "actors"), field(table, "side_a"));
    add_side(json_object_get(gold, "actors"), field(table, "side_b"));
    if (*division && strcmp(division, "NA") != 0)
        json_object_set_new(gold, "admin1", json_pack("[s]", division));
    give(table->sink, gold);
}

static bool read_ucdp(const char *data, const struct sink *sink)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/ucdp_ged_syria/ucdp_ged191_syria.csv", data);
    return read_table(path, ucdp_row, sink);
}

/* ---- spans -------------------------------------------------------------- */

/* The byte where a character of a UTF-8 text begins. */
static json_int_t byte_of(const char *text, json_int_t character)
{
    const char *at = text;
    for (; *at && character > 0; character--)
        for (at++; ((unsigned char)*at & 0xc0) == 0x80; at++)
            ;
    return at - text;
}

static json_t *span_of(const char *text, json_int_t begin, json_int_t end)
{
    return json_pack("{s:I, s:I}", "start", byte_of(text, begin), "end", byte_of(text, end));
}

/* The toponyms of an article, in either corpus' form. */
static void collect_toponyms(xmlNode *node, const char *text, json_t *toponyms);

static char *child_text(xmlNode *node, const char *name)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
            return (char *)xmlNodeGetContent(child);
    return NULL;
}

static xmlNode *child_of(xmlNode *node, const char *name)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
            return child;
    return NULL;
}

static void add_toponym(xmlNode *node, const char *text, json_t *toponyms)
{
    xmlNode *tag = child_of(node, "gaztag") ? child_of(node, "gaztag") : node;
    char *start = child_text(node, "start"), *end = child_text(node, "end");
    char *lat = child_text(tag, "lat"), *lon = child_text(tag, "lon");
    char *name = child_text(node, "phrase") ? child_text(node, "phrase") : child_text(node, "name");
    if (start && end) {
        json_int_t begin = atoll(start), last = atoll(end);
        /* GeoVirus counts characters from one. */
        if (name && begin > 0 && strncmp(text + byte_of(text, begin), name, strlen(name)) != 0 &&
            strncmp(text + byte_of(text, begin - 1), name, strlen(name)) == 0) {
            begin--;
            last--;
        }
        json_t *span = span_of(text, begin, last);
        if (lat && lon && *lat && *lon) {
            json_object_set_new(span, "lat", json_real(atof(lat)));
            json_object_set_new(span, "lon", json_real(atof(lon)));
        }
        json_array_append_new(toponyms, span);
    }
    xmlFree(start);
    xmlFree(end);
    xmlFree(lat);
    xmlFree(lon);
    xmlFree(name);
}

static void collect_toponyms(xmlNode *node, const char *text, json_t *toponyms)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp((const char *)node->name, "toponym") == 0 ||
            strcmp((const char *)node->name, "location") == 0)
            add_toponym(node, text, toponyms);
        else
            collect_toponyms(node->children, text, toponyms);
    }
}

static bool read_articles(const char *data, const char *name, const struct sink *sink)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/geoparse_lgl/%s.xml", data, name);
    xmlDoc *document = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    if (!document)
        return false;
    xmlNode *root = xmlDocGetRootElement(document);
    for (xmlNode *node = root->children; node; node = node->next) {
        char *text = node->type == XML_ELEMENT_NODE ? child_text(node, "text") : NULL;
        if (!text)
            continue;
        char *date = child_text(node, "dltime");
        json_t *gold = json_pack("{s:s, s:[]}", "text", text, "toponyms");
        collect_toponyms(node->children, text, json_object_get(gold, "toponyms"));
        if (date && strlen(date) >= 10)
            json_object_set_new(gold, "date", json_stringn(date, 10));
        give(sink, gold);
        xmlFree(text);
        xmlFree(date);
    }
    xmlFreeDoc(document);
    return true;
}

static bool read_lgl(const char *data, const struct sink *sink)
{
    return read_articles(data, "lgl", sink);
}

static bool read_geovirus(const char *data, const struct sink *sink)
{
    return read_articles(data, "GeoVirus", sink);
}

/* The entities of a document of re3d, a line each in a file beside it. */
static void add_entities(json_t *gold, const char *id, const char *entities)
{
    const char *text = json_string_value(json_object_get(gold, "text"));
    for (const char *line = entities; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        json_t *entity = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        const char *type = json_string_value(json_object_get(entity, "type"));
        const char *of = json_string_value(json_object_get(entity, "documentId"));
        const char *list = !type                               ? NULL
                           : strcmp(type, "Location") == 0     ? "toponyms"
                           : strcmp(type, "Organisation") == 0 ? "organisations"
                                                               : NULL;
        if (list && of && strcmp(of, id) == 0)
            json_array_append_new(json_object_get(gold, list),
                                  span_of(text,
                                          json_integer_value(json_object_get(entity, "begin")),
                                          json_integer_value(json_object_get(entity, "end"))));
        json_decref(entity);
    }
}

static bool read_re3d(const char *data, const struct sink *sink)
{
    static const char *const folders[] = {
        "Australian Department of Foreign Affairs",  "CENTCOM",   "UK Government",
        "Delegation of the European Union to Syria", "Wikipedia", "US State Department"};
    size_t read = 0;
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        char path[4096];
        size_t size;
        snprintf(path, sizeof path, "%s/re3d/src/%s/documents.json", data, folders[i]);
        char *documents = read_all(path, &size);
        snprintf(path, sizeof path, "%s/re3d/src/%s/entities.json", data, folders[i]);
        char *entities = read_all(path, &size);
        for (const char *line = documents; line && entities && *line; read++) {
            json_t *document = json_loadb(line, strcspn(line, "\n"), 0, NULL);
            const char *text = json_string_value(json_object_get(document, "text"));
            const char *id = json_string_value(json_object_get(document, "_id"));
            if (text && id) {
                json_t *gold =
                    json_pack("{s:s, s:[], s:[]}", "text", text, "toponyms", "organisations");
                add_entities(gold, id, entities);
                give(sink, gold);
            }
            json_decref(document);
            line += strcspn(line, "\n");
            line += *line == '\n';
        }
        free(documents);
        free(entities);
    }
    return read > 0;
}

/* Sections on a country's human rights, which is the gold. */
static bool read_sections(const char *data, const struct sink *sink)
{
    char path[4096], *line = NULL;
    size_t room = 0;
    snprintf(path, sizeof path, "%s/dos_hr_reports/dos_hr_sections.jsonl", data);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    while (getline(&line, &room, file) > 0) {
        json_t *section = json_loads(line, 0, NULL);
        const char *country = json_string_value(json_object_get(section, "country"));
        if (country && json_is_string(json_object_get(section, "text"))) {
            json_t *gold = json_object();
            json_object_set(gold, "text", json_object_get(section, "text"));
            json_object_set(gold, "date", json_object_get(section, "date"));
            json_object_set(gold, "title", json_object_get(section, "title"));
            json_object_set_new(gold, "country", json_pack("[s]", country));
            give(sink, gold);
        }
        json_decref(section);
    }
    free(line);
    fclose(file);
    return true;
}

/* ---- Reuters ------------------------------------------------------------ */

/* The text between a tag and its end within [at, end), entities read; NULL where there is none. */
static char *element(const char *at, const char *end, const char *open, const char *close)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
    struct buffer text = {.bytes = NULL};
    const char *from = memmem(at, (size_t)(end - at), open, strlen(open));
    const char *to = from ? memmem(from, (size_t)(end - from), close, strlen(close)) : NULL;
    if (!to)
        return NULL;
    for (from += strlen(open); from < to;) {
        size_t i = 0;
        while (i < ARRAY_LEN(entities) &&
               strncmp(from, entities[i].entity, strlen(entities[i].entity)) != 0)
            i++;
        if (i < ARRAY_LEN(entities)) {
            buffer_text(&text, entities[i].text);
            from += strlen(entities[i].entity);
        } else if (strncmp(from, "&#", 2) == 0) {
            from += strcspn(from, ";") + 1;
        } else {
            /* Latin-1 beyond ASCII does not occur in names. */
            buffer_char(&text, (unsigned char)*from < 0x80 ? *from : ' ');
            from++;
        }
    }
    return buffer_take(&text, NULL);
}

/* "<D>uk</D><D>usa</D>". */
static json_t *countries_of_places(const char *places)
{
    json_t *names = json_array();
    for (const char *at = places; at && (at = strstr(at, "<D>")) != NULL;) {
        at += strlen("<D>");
        json_array_append_new(names, json_stringn(at, strcspn(at, "<")));
    }
    return names;
}

/* The countries that editors gave each report; those without any are left out. */
static void reuters_report(const char *at, const char *end, const struct sink *sink)
{
    char *body = element(at, end, "<BODY>", "</BODY>");
    char *title = element(at, end, "<TITLE>", "</TITLE>");
    char *places = element(at, end, "<PLACES>", "</PLACES>");
    char *date = element(at, end, "<DATE>", "</DATE>"), day[DAY_TEXT_ROOM];
    json_t *countries = countries_of_places(places);
    if (body && json_array_size(countries)) {
        json_t *gold = json_pack("{s:s, s:O}", "text", body, "country", countries);
        day_t known = date ? day_parse_loose(date, strlen(date)) : DAY_NONE;
        if (title)
            json_object_set_new(gold, "title", json_string(title));
        if (known != DAY_NONE)
            json_object_set_new(gold, "date", json_string(day_format(known, day)));
        give(sink, gold);
    }
    json_decref(countries);
    free(body);
    free(title);
    free(places);
    free(date);
}

static bool read_reuters(const char *data, const struct sink *sink)
{
    static const char mark[] = "</REUTERS>";
    bool any = false;
    for (int number = 0; number < 22; number++) {
        char path[4096];
        size_t size;
        snprintf(path, sizeof path, "%s/reuters21578/reut2-%03d.sgm", data, number);
        char *text = read_all(path, &size);
        const char *at = text, *end;
        for (; at && (end = strstr(at, mark)) != NULL; at = end + strlen(mark)) {
            reuters_report(at, end, sink);
            any = true;
        }
        free(text);
    }
    return any;
}

/* ---- the program -------------------------------------------------------- */

static const struct {
    const char *name;
    bool (*read)(const char *data, const struct sink *sink);
} sets[] = {
    {"acled_global_sample", read_acled},
    {"ucdp_ged_syria", read_ucdp},
    {"re3d", read_re3d},
    {"geoparse_lgl", read_lgl},
    {"geovirus", read_geovirus},
    {"dos_hr_reports", read_sections},
    {"reuters21578", read_reuters},
};

static void print_gold(void *context, json_t *gold)
{
    (void)context;
    json_dumpf(gold, stdout, JSON_COMPACT);
    putchar('\n');
}

struct measuring {
    struct score *score;
    double seconds;
    struct error err;
};

static void score_gold(void *context, json_t *gold)
{
    struct measuring *measuring = context;
    char *line = json_dumps(gold, JSON_COMPACT);
    if (line && measuring->err.code == ERROR_NONE)
        score_add(measuring->score, line, strlen(line), &measuring->err);
    free(line);
}

static bool measure_set(size_t set, const char *data, const struct vocabulary *vocabulary,
                        struct error *err)
{
    struct extraction *extraction;
    struct measuring measuring = {.score = NULL};
    struct sink sink = {score_gold, &measuring};
    if (!extraction_open(vocabulary, NULL, &extraction, err))
        return false;
    bool ok = score_open(extraction, vocabulary, &measuring.score, err);
    if (ok) {
        struct buffer out = {.bytes = NULL};
        printf("\n%s\n", sets[set].name);
        if (!sets[set].read(data, &sink))
            printf("skipped: no such set under %s\n", data);
        ok = score_text(measuring.score, &out, err);
        fputs(out.bytes ? out.bytes : "", stdout);
        buffer_free(&out);
        ok = ok && (measuring.err.code == ERROR_NONE ||
                    error_set(err, measuring.err.code, sets[set].name, "%s", measuring.err.text));
    }
    score_close(measuring.score);
    extraction_close(extraction);
    return ok;
}

static bool is_wanted(size_t set, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], sets[set].name) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    struct error err = {.code = ERROR_NONE};
    struct vocabulary *vocabulary = NULL;
    const char *data = getenv("SITREP_DATA");
    if (argc < 2 || !data) {
        fprintf(stderr, "usage: SITREP_DATA=DIR %s VOCABULARY [SET...] | --gold SET\n", argv[0]);
        return 64;
    }
    if (strcmp(argv[1], "--gold") == 0) {
        struct sink sink = {print_gold, NULL};
        for (size_t i = 0; i < ARRAY_LEN(sets); i++)
            if (argc > 2 && strcmp(sets[i].name, argv[2]) == 0)
                return sets[i].read(data, &sink) ? 0 : 66;
        return 64;
    }
    bool ok = vocabulary_open(argv[1], &vocabulary, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(sets); i++)
        if (is_wanted(i, argc - 2, argv + 2))
            ok = measure_set(i, data, vocabulary, &err);
    vocabulary_close(vocabulary);
    xmlCleanupParser();
    if (!ok)
        fprintf(stderr, "%s: %s\n", err.where, err.text);
    return error_exit_status(err.code);
}
