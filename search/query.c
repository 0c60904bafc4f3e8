/* A recursive-descent parser, from the loosest join to the tightest:
 *
 *   any     = side { OR side }
 *   side    = { chain }                 side by side: AND, or OR where any word will do
 *   chain   = unary { AND unary }
 *   unary   = { NOT | - } near
 *   near    = atom { near/N atom }
 *   atom    = [ field: ] ( words | "quoted" | ( any ) )
 *
 * What does not fit is passed over with a note. The tree it makes is then brought to a normal
 * form: no AND in an AND, no OR in an OR, no join of one; QUERY_NOT only in a QUERY_AND that
 * has something to take away from.
 */
#include "search/query.h"

#include <stdlib.h>
#include <string.h>

#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "search/query_builder.h"
#include "search/query_describe.h"
#include "search/query_lexer.h"
#include "search/query_normal.h"

struct parser {
    struct query_builder builder;
    struct lexeme *lexemes;
    size_t at;
    enum field_id field; /* of what stands without a field's name */
    unsigned depth;
};

static struct query_node *parse_any(struct parser *parser);

static const struct lexeme *peek(const struct parser *parser)
{
    return &parser->lexemes[parser->at];
}

static bool at(const struct parser *parser, enum lexeme_kind kind)
{
    return peek(parser)->kind == kind;
}

static void note(struct parser *parser, const struct lexeme *lexeme, const char *format)
{
    builder_note(&parser->builder, lexeme->begin, lexeme->end, format);
}

/* Passes over the lexeme and says why. */
static void ignore(struct parser *parser, const char *format)
{
    note(parser, &parser->lexemes[parser->at++], format);
}

/* ---- atoms ---------------------------------------------------------------- */

#define NO_DATE                                                                                       \
    "was ignored: a date is like 2023, 2023-11, 2023-11-15, 2023-08..2023-11, “last 90 days” or " \
    "“since June 2021”."

/* Dates may be several words without quotes: the longest run of chunks that reads as one. A range
 * that ends in dots is open: what follows it is not its end ("date:2021.. 1986"). */
static struct query_node *parse_dates(struct parser *parser, enum field_id field)
{
    const struct lexeme *first = peek(parser);
    const char *end = parser->builder.text + first->end;
    bool open = first->end - first->begin > 2 && end[-1] == '.' && end[-2] == '.';
    size_t run = 1;
    while (!open && run < 4 && first[run].kind == LEX_CHUNK)
        run++;
    for (; run > 0; run--) {
        struct query_node *node =
            builder_read_dates(&parser->builder, field, first->begin, first[run - 1].end);
        if (node || parser->builder.failed) {
            parser->at += run;
            return node;
        }
    }
    ignore(parser, "“%s” " NO_DATE);
    return NULL;
}

static struct query_node *parse_chunk(struct parser *parser, enum field_id field)
{
    struct query_builder *builder = &parser->builder;
    const struct lexeme *lexeme = peek(parser);
    if (fields[field].kind == FIELD_DAY)
        return parse_dates(parser, field);
    parser->at++;
    if (fields[field].kind == FIELD_BOOLEAN) {
        if (memchr(builder->text + lexeme->begin, '*', lexeme->end - lexeme->begin))
            note(parser, lexeme, "The star in “%s” stands for itself: only words have endings.");
        return builder_read_value(builder, field, lexeme->begin, lexeme->end);
    }
    if (lexeme->unknown_field > 0)
        builder_note(builder, lexeme->begin, lexeme->begin + lexeme->unknown_field,
                     "There is no field “%s”: the name was searched as a word.");
    return builder_read_words(builder, field, lexeme->begin, lexeme->end);
}

static struct query_node *parse_quoted(struct parser *parser, enum field_id field)
{
    struct query_builder *builder = &parser->builder;
    const struct lexeme *lexeme = &parser->lexemes[parser->at++];
    struct query_node *node;
    if (fields[field].kind == FIELD_BOOLEAN) {
        node = builder_read_value(builder, field, lexeme->text_begin, lexeme->text_end);
    } else if (fields[field].kind == FIELD_DAY) {
        node = builder_read_dates(builder, field, lexeme->text_begin, lexeme->text_end);
        if (!node)
            note(parser, lexeme, "%s " NO_DATE);
    } else {
        node = builder_read_quoted(builder, field, lexeme->text_begin, lexeme->text_end);
    }
    if (node) {
        node->begin = lexeme->begin;
        node->end = lexeme->end;
    }
    return node;
}

static struct query_node *parse_group(struct parser *parser, enum field_id field)
{
    const struct lexeme *open = &parser->lexemes[parser->at++];
    enum field_id outer = parser->field;
    if (++parser->depth > LIMIT_QUESTION_DEPTH) {
        builder_limit(&parser->builder, "brackets nest too deep: at most %u levels (depth)",
                      LIMIT_QUESTION_DEPTH);
        return NULL;
    }
    parser->field = field;
    size_t inside = parser->at;
    struct query_node *node = parse_any(parser);
    if (at(parser, LEX_CLOSE)) {
        if (parser->at++ == inside)
            note(parser, open, "Brackets with nothing in them were ignored.");
    } else {
        note(parser, open, "A bracket that was never closed was closed at the end.");
    }
    parser->field = outer;
    parser->depth--;
    return node;
}

/* A minus between a field's colon and its value takes nothing away. */
static void skip_minus(struct parser *parser)
{
    struct lexeme *chunk = &parser->lexemes[parser->at];
    size_t begin = chunk->begin;
    while (begin < chunk->end && parser->builder.text[begin] == '-')
        begin++;
    if (chunk->kind != LEX_CHUNK || begin == chunk->begin || begin == chunk->end)
        return;
    note(parser, chunk, "The minus in “%s” was ignored: it stands before the field's name.");
    chunk->begin = begin;
}

/* NULL where nothing stands here that can be an atom, or nothing comes of it. */
static struct query_node *parse_atom(struct parser *parser)
{
    const struct lexeme *start = peek(parser);
    enum field_id field = parser->field;
    if (start->kind == LEX_FIELD) {
        parser->at++;
        field = start->field;
        skip_minus(parser);
    }
    struct query_node *node = NULL;
    if (at(parser, LEX_CHUNK))
        node = parse_chunk(parser, field);
    else if (at(parser, LEX_QUOTED))
        node = parse_quoted(parser, field);
    else if (at(parser, LEX_OPEN))
        node = parse_group(parser, field);
    else if (start->kind == LEX_FIELD)
        note(parser, start, "“%s” was ignored: nothing that it could look for follows.");
    if (node && start->kind == LEX_FIELD && start->begin < node->begin)
        node->begin = start->begin;
    return node;
}

#define NO_WORDS "“%s” was ignored: it stands between two words."
#define NO_SIDES "“%s” was ignored: it joins what stands on both its sides."

/* ---- joins ---------------------------------------------------------------- */

/* Whether the children can stand in one QUERY_NEAR: words and phrases of one field. */
static bool are_near_words(const struct query_node *join)
{
    for (size_t i = 0; i < join->child_count; i++) {
        const struct query_node *child = join->children[i];
        if ((child->kind != QUERY_WORD && child->kind != QUERY_PHRASE) ||
            child->field != join->children[0]->field)
            return false;
    }
    return true;
}

/* The words of a join's children as one QUERY_NEAR. Takes the join. */
static struct query_node *make_near_take(struct parser *parser, struct query_node *join,
                                         unsigned window)
{
    struct query_builder *builder = &parser->builder;
    struct query_node *near = builder_node(builder, QUERY_NEAR, join->begin, join->end);
    for (size_t i = 0; near && i < join->child_count; i++) {
        const struct query_node *child = join->children[i];
        near->field = child->field;
        near->window = window;
        if (child->kind == QUERY_PHRASE)
            builder_note(builder, child->begin, child->end,
                         "near/ takes single words: those of “%s” count each for itself.");
        for (size_t j = 0; j < child->word_count; j++)
            builder_add_word(builder, near, child->words[j], strlen(child->words[j]));
    }
    if (near && near->word_count > LIMIT_NEAR_WORDS)
        builder_limit(builder, "near/ joins too many words: at most %u", LIMIT_NEAR_WORDS);
    query_node_free(join);
    return near;
}

/* A window that can be used, or 0 and a note or an error. */
static unsigned near_window(struct parser *parser, const struct lexeme *lexeme)
{
    if (lexeme->window > LIMIT_NEAR_WINDOW)
        builder_limit(&parser->builder, "the window of near/ is too wide: at most %u words",
                      LIMIT_NEAR_WINDOW);
    else if (lexeme->window == 0)
        note(parser, lexeme, "“%s” was read as AND: no two words are that near.");
    return lexeme->window;
}

static struct query_node *parse_near(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    struct query_node *first = query_flatten_take(builder, parse_atom(parser));
    if (!at(parser, LEX_NEAR) || !first)
        return first;
    struct query_node *join = builder_node(builder, QUERY_AND, 0, 0);
    builder_add_take(builder, join, first);
    unsigned window = 0;
    bool usable = true;
    const struct lexeme *lexeme = peek(parser);
    while (at(parser, LEX_NEAR) && !builder->failed) {
        lexeme = &parser->lexemes[parser->at++];
        unsigned here = near_window(parser, lexeme);
        usable = usable && here > 0;
        if (window > 0 && here > 0 && here != window)
            note(parser, lexeme, "near/ with different numbers in one chain: the largest counts.");
        if (here > window)
            window = here;
        size_t before = parser->at;
        builder_add_take(builder, join, query_flatten_take(builder, parse_atom(parser)));
        if (parser->at == before)
            note(parser, lexeme, NO_WORDS);
    }
    if (builder->failed || join->child_count < 2 || !usable)
        return join;
    if (are_near_words(join))
        return make_near_take(parser, join, window);
    note(parser, lexeme, "“%s” was read as AND: it stands only between words of one field.");
    return join;
}

/* Passes over what can begin nothing. */
static void skip_strays(struct parser *parser)
{
    for (;;) {
        if (at(parser, LEX_STRAY_QUOTE))
            ignore(parser, "A quote that nothing closes was ignored.");
        else if (at(parser, LEX_NEAR))
            ignore(parser, NO_WORDS);
        else if (at(parser, LEX_CLOSE) && parser->depth == 0)
            ignore(parser, "A closing bracket that nothing opened was ignored.");
        else
            return;
    }
}

static struct query_node *parse_unary(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    const struct lexeme *start = peek(parser);
    bool negative = false;
    while (at(parser, LEX_NOT) || at(parser, LEX_MINUS)) {
        negative = !negative;
        parser->at++;
        skip_strays(parser);
    }
    size_t before = parser->at;
    struct query_node *node = parse_near(parser);
    if (parser->at == before && peek(parser) != start)
        note(parser, start, "“%s” was ignored: nothing follows that it could take away.");
    if (!node || !negative)
        return node;
    struct query_node *taken = builder_node(builder, QUERY_NOT, 0, 0);
    builder_add_take(builder, taken, node);
    if (taken)
        taken->begin = start->begin;
    return taken;
}

static bool at_side_end(const struct parser *parser)
{
    return parser->builder.failed || at(parser, LEX_END) || at(parser, LEX_CLOSE) ||
           at(parser, LEX_OR);
}

static struct query_node *parse_chain(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    struct query_node *chain = builder_node(builder, QUERY_AND, 0, 0);
    for (;;) {
        builder_add_take(builder, chain, parse_unary(parser));
        skip_strays(parser);
        if (!at(parser, LEX_AND) || builder->failed)
            return chain;
        const struct lexeme *join = &parser->lexemes[parser->at++];
        skip_strays(parser);
        while (at(parser, LEX_AND))
            ignore(parser, NO_SIDES);
        if (at_side_end(parser)) {
            note(parser, join, NO_SIDES);
            return chain;
        }
    }
}

/* Whether a part narrows and is no wish of its own: fields with values, dates, what is taken
 * away. It stays required where any of the words will do. */
static bool is_filter(const struct query_node *node)
{
    if (node->kind == QUERY_VALUE || node->kind == QUERY_DATES || node->kind == QUERY_NOT)
        return true;
    for (size_t i = 0; i < node->child_count; i++)
        if (!is_filter(node->children[i]))
            return false;
    return node->child_count > 0;
}

static struct query_node *parse_side(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    struct query_node *all = builder_node(builder, QUERY_AND, 0, 0);
    struct query_node *any = builder_node(builder, QUERY_OR, 0, 0);
    skip_strays(parser);
    while (!at_side_end(parser)) {
        if (at(parser, LEX_AND)) {
            ignore(parser, NO_SIDES);
        } else {
            struct query_node *chain = parse_chain(parser);
            bool required = builder->match == MATCH_ALL || !chain || is_filter(chain);
            builder_add_take(builder, required ? all : any, chain);
        }
        skip_strays(parser);
    }
    struct query_node *side = builder_node(builder, QUERY_AND, 0, 0);
    builder_add_take(builder, side, any);
    builder_add_take(builder, side, all);
    return side;
}

static struct query_node *parse_any(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    struct query_node *any = builder_node(builder, QUERY_OR, 0, 0);
    const struct lexeme *join = NULL;
    for (;;) {
        size_t before = parser->at;
        struct query_node *side = parse_side(parser);
        bool missing = parser->at == before && !builder->failed;
        builder_add_take(builder, any, side);
        if (join && missing)
            note(parser, join, NO_SIDES);
        if (!at(parser, LEX_OR) || builder->failed)
            return any;
        join = &parser->lexemes[parser->at++];
        if (missing)
            note(parser, join, NO_SIDES);
    }
}

/* ---- the door -------------------------------------------------------------- */

static void read_all(struct parser *parser)
{
    struct query_builder *builder = &parser->builder;
    if (!text_is_utf8(builder->text, builder->size))
        builder_note(builder, 0, builder->size, "Bytes that are not UTF-8 text were ignored.");
    struct query_node *root = parse_any(parser);
    root = query_complete_take(builder, query_flatten_take(builder, root));
    if (root && query_described_depth(root) > LIMIT_QUESTION_DEPTH)
        builder_limit(builder, "brackets nest too deep: at most %u levels (depth)",
                      LIMIT_QUESTION_DEPTH);
    builder->query->root = root ? root : builder_node(builder, QUERY_ALL, 0, builder->size);
}

bool query_parse(const char *text, size_t size, enum match match, day_t today, struct query **out,
                 struct error *err)
{
    struct parser parser = {
        .builder = {.text = text, .size = size, .today = today, .match = match, .err = err},
        .field = FIELD_TEXT,
    };
    struct query *query = NULL;
    bool done = false;
    size_t count;
    unsigned limit = match == MATCH_ANY ? LIMIT_ANY_BYTES : LIMIT_QUESTION_BYTES;
    if (size > limit)
        return error_set(err, ERROR_LIMIT, "q", "the question is too long: at most %u bytes",
                         limit);
    parser.lexemes = lexemes_read(text, size, &count);
    query = calloc(1, sizeof *query);
    if (!parser.lexemes || !query) {
        error_set(err, ERROR_MEMORY, "q", "out of memory while reading the question");
        goto done;
    }
    parser.builder.query = query;
    read_all(&parser);
    done = !parser.builder.failed;
done:
    free(parser.lexemes);
    if (done)
        *out = query;
    else
        query_free(query);
    return done;
}

void query_node_free(struct query_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->word_count; i++)
        free(node->words[i]);
    for (size_t i = 0; i < node->child_count; i++)
        query_node_free(node->children[i]);
    free(node->words);
    free(node->children);
    free(node);
}

void query_free(struct query *query)
{
    if (!query)
        return;
    query_node_free(query->root);
    for (size_t i = 0; i < query->note_count; i++)
        free(query->notes[i].text);
    free(query->notes);
    free(query);
}
