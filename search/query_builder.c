#include "search/query_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "search/query_dates.h"

#define NOTES_MAX      20u
#define FRAGMENT_BYTES 40u /* of the question, shown in a note */

static void fail_memory(struct query_builder *builder)
{
    if (!builder->failed)
        error_set(builder->err, ERROR_MEMORY, "q", "out of memory while reading the question");
    builder->failed = true;
}

void builder_limit(struct query_builder *builder, const char *format, ...)
{
    char text[sizeof builder->err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!builder->failed)
        error_set(builder->err, ERROR_LIMIT, "q", "%s", text);
    builder->failed = true;
}

bool builder_count_terms(struct query_builder *builder, size_t number)
{
    builder->terms += number;
    if (builder->terms > LIMIT_QUESTION_TERMS)
        builder_limit(builder,
                      "the question has too many terms: at most %u words, values and dates",
                      LIMIT_QUESTION_TERMS);
    return !builder->failed;
}

bool builder_count_word(struct query_builder *builder)
{
    if (builder->match != MATCH_ANY)
        return builder_count_terms(builder, 1);
    if (++builder->words > LIMIT_ANY_WORDS)
        builder_limit(builder, "the question has too many words: at most %u", LIMIT_ANY_WORDS);
    return !builder->failed;
}

struct query_node *builder_node(struct query_builder *builder, enum query_kind kind, size_t begin,
                                size_t end)
{
    struct query_node *node = builder->failed ? NULL : malloc(sizeof *node);
    if (!node) {
        fail_memory(builder);
        return NULL;
    }
    *node = (struct query_node){
        .kind = kind, .from = DAY_NONE, .to = DAY_NONE, .begin = begin, .end = end};
    return node;
}

void builder_add_take(struct query_builder *builder, struct query_node *parent,
                      struct query_node *child)
{
    struct query_node **children = NULL;
    bool is_join = child && (child->kind == QUERY_AND || child->kind == QUERY_OR);
    if (is_join && child->child_count == 0) {
        query_node_free(child);
        return;
    }
    if (!child)
        return;
    if (parent && !builder->failed)
        children = realloc(parent->children, (parent->child_count + 1) * sizeof(*children));
    if (!children) {
        fail_memory(builder);
        query_node_free(child);
        return;
    }
    bool is_first = parent->begin == parent->end;
    if (is_first || child->begin < parent->begin)
        parent->begin = child->begin;
    if (is_first || child->end > parent->end)
        parent->end = child->end;
    parent->children = children;
    children[parent->child_count++] = child;
}

bool builder_add_word(struct query_builder *builder, struct query_node *node, const char *word,
                      size_t size)
{
    if (builder->failed || !node)
        return false;
    char **words = realloc(node->words, (node->word_count + 1) * sizeof *words);
    if (words)
        node->words = words;
    char *copy = words ? strndup(word, size) : NULL;
    if (!copy) {
        fail_memory(builder);
        return false;
    }
    words[node->word_count++] = copy;
    return true;
}

/* What stands in the question at [begin, end), cut to a note's measure at a character. */
static char *fragment(const struct query_builder *builder, size_t begin, size_t end)
{
    const char *dots = "";
    size_t size = end - begin;
    if (size > FRAGMENT_BYTES) {
        size = FRAGMENT_BYTES;
        while (size > 0 && ((unsigned char)builder->text[begin + size] & 0xc0) == 0x80)
            size--;
        dots = "…";
    }
    size_t clean_size;
    char *clean = text_clean(builder->text + begin, size, &clean_size, NULL), *out = NULL;
    if (clean && asprintf(&out, "%s%s", clean, dots) < 0)
        out = NULL;
    free(clean);
    return out;
}

void builder_note(struct query_builder *builder, size_t begin, size_t end, const char *format)
{
    struct query *query = builder->query;
    if (builder->failed || query->note_count == NOTES_MAX)
        return;
    const char *place = strstr(format, "%s");
    struct buffer buffer = {0};
    if (query->note_count == NOTES_MAX - 1) {
        buffer_text(&buffer, "More of the question was ignored than is listed here.");
    } else if (place) {
        char *shown = fragment(builder, begin, end);
        buffer_append(&buffer, format, (size_t)(place - format));
        buffer_text(&buffer, shown ? shown : "");
        buffer_text(&buffer, place + 2);
        buffer.failed = buffer.failed || !shown;
        free(shown);
    } else {
        buffer_text(&buffer, format);
    }
    char *text = buffer_take(&buffer, NULL);
    for (size_t i = 0; text && i < query->note_count; i++) {
        if (strcmp(query->notes[i].text, text) == 0) {
            free(text);
            return;
        }
    }
    struct query_note *notes =
        text ? realloc(query->notes, (query->note_count + 1) * sizeof *notes) : NULL;
    if (!notes) {
        free(text);
        fail_memory(builder);
        return;
    }
    query->notes = notes;
    notes[query->note_count++] = (struct query_note){text, begin, end};
}

/* ---- words --------------------------------------------------------------- */

/* One more than any question may have: enough to see that it has too many. */
#define CUTS_MAX (LIMIT_ANY_WORDS + 1)

struct cut {
    char *word;
    size_t size, begin, end; /* bytes of the question */
};

/* The words of a stretch of text. */
struct cuts {
    struct cut cuts[CUTS_MAX];
    size_t count;
    bool touching; /* two of them stand side by side: a script without spaces */
};

static void cuts_clear(struct cuts *cuts)
{
    for (size_t i = 0; i < cuts->count; i++)
        free(cuts->cuts[i].word);
    cuts->count = 0;
}

static void add_cut(struct query_builder *builder, struct cuts *cuts, const struct token *token,
                    size_t begin, size_t end)
{
    char *word = cuts->count < CUTS_MAX ? strndup(token->folded, token->size) : NULL;
    if (word)
        cuts->cuts[cuts->count++] = (struct cut){word, token->size, begin, end};
    else if (cuts->count < CUTS_MAX)
        fail_memory(builder);
}

static bool is_ascii(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return false;
    return true;
}

/* Adds a token's word; in a script without spaces an unseen character may have hidden where the
 * words part, so the folded form is cut once more. */
static void add_token(struct query_builder *builder, struct cuts *cuts, const struct token *token,
                      size_t offset)
{
    size_t begin = offset + token->begin, end = offset + token->end, before = cuts->count;
    if (is_ascii(token->folded, token->size)) {
        add_cut(builder, cuts, token, begin, end);
        return;
    }
    struct tokenizer tokenizer;
    struct token piece;
    tokenizer_start(&tokenizer, token->folded, token->size);
    while (!builder->failed && tokenizer_next(&tokenizer, &piece))
        add_cut(builder, cuts, &piece, begin, end);
    tokenizer_end(&tokenizer);
    cuts->touching = cuts->touching || cuts->count > before + 1;
}

static void cuts_read(struct query_builder *builder, size_t begin, size_t end, struct cuts *out)
{
    struct tokenizer tokenizer;
    struct token token;
    *out = (struct cuts){0};
    tokenizer_start(&tokenizer, builder->text + begin, end - begin);
    while (out->count < CUTS_MAX && !builder->failed && tokenizer_next(&tokenizer, &token)) {
        out->touching = out->touching ||
                        (out->count > 0 && out->cuts[out->count - 1].end == begin + token.begin);
        add_token(builder, out, &token, begin);
    }
    tokenizer_end(&tokenizer);
}

/* The tokenizer parts words at an apostrophe only after an elision (l'armée), whose article
 * nobody looks for. */
static bool is_elision(const struct query_builder *builder, const struct cut *cut)
{
    static const char *const apostrophes[] = {"'",      "\u2019", "\u2018",
                                              "\u02bc", "\u02bb", "\uff07"};
    size_t gap = cut[1].begin - cut[0].end;
    for (size_t i = 0; i < ARRAY_LEN(apostrophes); i++)
        if (strlen(apostrophes[i]) == gap &&
            memcmp(builder->text + cut[0].end, apostrophes[i], gap) == 0)
            return true;
    return false;
}

static void drop_elisions(const struct query_builder *builder, struct cuts *cuts)
{
    size_t kept = 0;
    for (size_t i = 0; i < cuts->count; i++) {
        if (i + 1 < cuts->count && is_elision(builder, &cuts->cuts[i]))
            free(cuts->cuts[i].word);
        else
            cuts->cuts[kept++] = cuts->cuts[i];
    }
    cuts->count = kept;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* A word or a phrase of cuts[first...last - 1]; NULL for none. */
static struct query_node *run_of(struct query_builder *builder, enum field_id field,
                                 const struct cuts *cuts, size_t first, size_t last)
{
    size_t count = last - first;
    if (count == 0)
        return NULL;
    if (count > LIMIT_PHRASE_WORDS) {
        builder_limit(builder, "a phrase has too many words: at most %u", LIMIT_PHRASE_WORDS);
        return NULL;
    }
    if (!(count == 1 ? builder_count_word(builder) : builder_count_terms(builder, count)))
        return NULL;
    struct query_node *node = builder_node(builder, count == 1 ? QUERY_WORD : QUERY_PHRASE,
                                           cuts->cuts[first].begin, cuts->cuts[last - 1].end);
    if (node)
        node->field = field;
    for (size_t i = first; i < last; i++)
        builder_add_word(builder, node, cuts->cuts[i].word, cuts->cuts[i].size);
    return node;
}

static struct query_node *prefix_of(struct query_builder *builder, enum field_id field,
                                    const struct cut *cut)
{
    if (characters(cut->word) < LIMIT_WILDCARD_PREFIX) {
        builder_limit(builder, "a star needs at least %u characters before it (wildcard prefix)",
                      LIMIT_WILDCARD_PREFIX);
        return NULL;
    }
    if (!builder_count_terms(builder, 1))
        return NULL;
    struct query_node *node = builder_node(builder, QUERY_PREFIX, cut->begin, cut->end + 1);
    if (node)
        node->field = field;
    builder_add_word(builder, node, cut->word, cut->size);
    return node;
}

/* What stands before the last word joined with the last word, which may be a prefix. */
static struct query_node *join_of(struct query_builder *builder, enum field_id field,
                                  const struct cuts *cuts, bool starred)
{
    size_t whole = cuts->count - (starred ? 1 : 0);
    enum query_kind kind = builder->match == MATCH_ANY && !starred ? QUERY_OR : QUERY_AND;
    struct query_node *join = builder_node(builder, kind, 0, 0);
    if (!cuts->touching)
        builder_add_take(builder, join, run_of(builder, field, cuts, 0, whole));
    for (size_t i = 0; cuts->touching && i < whole; i++)
        builder_add_take(builder, join, run_of(builder, field, cuts, i, i + 1));
    if (starred) {
        builder_note(builder, cuts->cuts[0].begin, cuts->cuts[whole].end + 1,
                     "“%s” was read as separate words: a star goes with one.");
        builder_add_take(builder, join, prefix_of(builder, field, &cuts->cuts[whole]));
    }
    return join;
}

/* Says so where a star stands elsewhere than at the end of the text's last word. */
static void note_stars(struct query_builder *builder, size_t begin, size_t end, size_t good)
{
    for (size_t i = begin; i < end; i++) {
        if (builder->text[i] == '*' && i < good) {
            builder_note(builder, begin, end,
                         "The star in “%s” was ignored: it counts only at the end of a word.");
            return;
        }
    }
}

struct query_node *builder_read_words(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end)
{
    struct cuts cuts;
    cuts_read(builder, begin, end, &cuts);
    drop_elisions(builder, &cuts);
    struct query_node *node = NULL;
    size_t last = cuts.count > 0 ? cuts.cuts[cuts.count - 1].end : begin;
    bool starred = last < end && builder->text[last] == '*';
    note_stars(builder, begin, end, last);
    if (cuts.count == 0 && starred)
        builder_limit(builder, "a star needs at least %u characters before it (wildcard prefix)",
                      LIMIT_WILDCARD_PREFIX);
    else if (cuts.count == 0)
        builder_note(builder, begin, end, "“%s” was ignored: there is no word in it.");
    else if (starred && cuts.count == 1)
        node = prefix_of(builder, field, &cuts.cuts[0]);
    else if (starred || cuts.touching)
        node = join_of(builder, field, &cuts, starred);
    else
        node = run_of(builder, field, &cuts, 0, cuts.count);
    cuts_clear(&cuts);
    return node;
}

struct query_node *builder_read_quoted(struct query_builder *builder, enum field_id field,
                                       size_t begin, size_t end)
{
    struct cuts cuts;
    cuts_read(builder, begin, end, &cuts);
    struct query_node *node = NULL;
    note_stars(builder, begin, end, end);
    if (cuts.count == 0)
        builder_note(builder, begin, end,
                     "The quotes around “%s” hold no word: they were ignored.");
    else
        node = run_of(builder, field, &cuts, 0, cuts.count);
    if (node)
        node->exact = node->kind == QUERY_WORD;
    cuts_clear(&cuts);
    return node;
}

/* ---- values and dates ---------------------------------------------------- */

struct query_node *builder_read_value(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end)
{
    size_t size;
    char *clean = text_clean(builder->text + begin, end - begin, &size, NULL);
    if (!clean) {
        fail_memory(builder);
        return NULL;
    }
    char *value = clean;
    while (size > 0 && strchr(" \t\n", value[0]))
        value++, size--;
    while (size > 0 && strchr(" \t\n", value[size - 1]))
        size--;
    struct query_node *node = NULL;
    if (size == 0)
        builder_note(builder, begin, end, "A field with an empty value was ignored.");
    else if (builder_count_terms(builder, 1))
        node = builder_node(builder, QUERY_VALUE, begin, end);
    if (node)
        node->field = field;
    builder_add_word(builder, node, value, size);
    free(clean);
    return node;
}

struct query_node *builder_read_dates(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end)
{
    day_t from, to;
    bool reversed;
    if (builder->failed ||
        !dates_read(builder->text + begin, end - begin, builder->today, &from, &to, &reversed) ||
        !builder_count_terms(builder, 1))
        return NULL;
    if (reversed)
        builder_note(builder, begin, end, "“%s” runs backwards: it was read the other way round.");
    struct query_node *node = builder_node(builder, QUERY_DATES, begin, end);
    if (node) {
        node->field = field;
        node->from = from;
        node->to = to;
    }
    return node;
}
