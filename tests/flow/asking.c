#include "tests/flow/asking.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"

/* ---- questions as text --------------------------------------------------------------- */

struct ask_node *ask_node_new(enum ask_kind kind, enum field_id field)
{
    struct ask_node *node = calloc(1, sizeof *node);
    if (!node)
        abort();
    node->kind = kind;
    node->field = field;
    node->from = node->to = DAY_NONE;
    return node;
}

struct ask_node *ask_node_copy(const struct ask_node *node)
{
    if (!node)
        return NULL;
    struct ask_node *copy = ask_node_new(node->kind, node->field);
    *copy = *node;
    for (size_t i = 0; i < node->child_count; i++)
        copy->children[i] = ask_node_copy(node->children[i]);
    return copy;
}

void ask_node_free(struct ask_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->child_count; i++)
        ask_node_free(node->children[i]);
    free(node);
}

static void put_dates(struct buffer *out, const struct ask_node *node)
{
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    day_format(node->from, from);
    day_format(node->to, to);
    if (node->from == node->to)
        buffer_format(out, "date:%s", from);
    else
        buffer_format(out, "date:%s..%s", from, to);
}

static void put_node(struct buffer *out, const struct ask_node *node, bool any);

static void put_part(struct buffer *out, const struct ask_node *node)
{
    bool bare = node->child_count == 0 && node->kind != ASK_NEAR && node->kind != ASK_NAME;
    buffer_text(out, bare ? "" : "(");
    put_node(out, node, false);
    buffer_text(out, bare ? "" : ")");
}

static void put_joined(struct buffer *out, const struct ask_node *node, bool any)
{
    const char *word =
        node->kind == ASK_OR ? (any ? " " : " OR ") : (node->style % 2 ? " AND " : " ");
    for (size_t i = 0; i < node->child_count; i++) {
        buffer_text(out, i ? word : "");
        put_part(out, node->children[i]);
    }
}

/* 'any': a root of match=any, whose words stand side by side. */
static void put_node(struct buffer *out, const struct ask_node *node, bool any)
{
    bool title = node->field == FIELD_TITLE && node->kind <= ASK_PREFIX;
    const char *mark = node->kind == ASK_EXACT || node->kind == ASK_PHRASE ? "\"" : "";
    char between[32] = " ";
    switch (node->kind) {
    case ASK_AND:
    case ASK_OR:
        put_joined(out, node, any);
        return;
    case ASK_NOT:
        buffer_text(out, node->style % 2 ? "NOT " : "-");
        put_part(out, node->children[0]);
        return;
    case ASK_DATES:
        put_dates(out, node);
        return;
    case ASK_NAME:
        buffer_text(out, node->words[0]);
        return;
    case ASK_VALUE:
        buffer_format(out, "%s:%s", fields[node->field].name, node->words[0]);
        return;
    default:
        break;
    }
    if (node->kind == ASK_NEAR)
        snprintf(between, sizeof between, " near/%u ", node->window);
    buffer_text(out, title ? "title:" : "");
    buffer_text(out, mark);
    for (size_t i = 0; i < node->word_count; i++) {
        buffer_text(out, i ? between : "");
        buffer_text(out, node->words[i]);
    }
    buffer_text(out, mark);
    buffer_text(out, node->kind == ASK_PREFIX ? "*" : "");
}

char *ask_text(const struct ask *ask)
{
    struct buffer out = {0};
    if (ask->root)
        put_node(&out, ask->root, ask->any);
    return buffer_take(&out, NULL);
}

static bool set_number(struct question *question, const char *name, uint32_t number,
                       struct error *err)
{
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    return question_set(question, name, text, err);
}

static bool set_day(struct question *question, const char *name, day_t day, struct error *err)
{
    char text[DAY_TEXT_ROOM];
    return day == DAY_NONE || question_set(question, name, day_format(day, text), err);
}

static bool set_filters(const struct ask *ask, struct question *question, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ask->filter_count; i++) {
        const struct ask_filter *filter = &ask->filters[i];
        ok = question_add_filter(question, filter->field, filter->exclude, filter->value, err);
    }
    return ok;
}

bool ask_question(const struct ask *ask, struct question *out, struct error *err)
{
    struct question question;
    char *text = ask_text(ask);
    if (!text || !question_init(&question, err))
        abort();
    bool ok = question_set(&question, "q", text, err) &&
              question_set(&question, "match", ask->any ? "any" : "all", err) &&
              question_set(&question, "names", ask->exact_words ? "off" : "on", err) &&
              set_filters(ask, &question, err) && set_day(&question, "from", ask->from, err) &&
              set_day(&question, "to", ask->to, err) &&
              (!ask->sort || question_set(&question, "sort", ask->sort, err)) &&
              (!ask->interval || question_set(&question, "interval", ask->interval, err)) &&
              set_number(&question, "page", ask->page, err) &&
              set_number(&question, "size", ask->size, err) &&
              set_number(&question, "facet_size", LIMIT_FACET_VALUES, err) &&
              question_check(&question, err);
    free(text);
    if (ok)
        *out = question;
    else
        question_clear(&question);
    return ok;
}

/* ---- dice ---------------------------------------------------------------------------- */

uint64_t dice_next(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return dice->state * UINT64_C(2685821657736338717);
}

uint32_t dice_roll(struct dice *dice, uint32_t below)
{
    return (uint32_t)((dice_next(dice) >> 32) * below >> 32);
}

static bool chance(struct dice *dice, uint32_t percent)
{
    return dice_roll(dice, 100) < percent;
}

/* ---- random questions ---------------------------------------------------------------- */

/* Words that the question language reads as themselves. */
static bool is_plain(const char *word)
{
    if (strlen(word) < 2 || strlen(word) > 40)
        return false;
    for (; *word; word++)
        if (!islower((unsigned char)*word) && !isdigit((unsigned char)*word))
            return false;
    return true;
}

static void set_word(struct ask_node *node, size_t at, const char *word)
{
    snprintf(node->words[at], sizeof node->words[at], "%s", word);
    if (node->word_count <= at)
        node->word_count = at + 1;
}

/* Words side by side in a random report; false where one of them cannot be asked for. */
static bool pick_words(struct dice *dice, const struct oracle *oracle, struct ask_node *node,
                       size_t count)
{
    const char *words[ASK_PARTS];
    uint32_t number = dice_roll(dice, (uint32_t)oracle_count(oracle));
    if (!oracle_phrase(oracle, number, (size_t)(dice_next(dice) >> 33), count, words))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_plain(words[i]))
            return false;
        set_word(node, i, words[i]);
    }
    return true;
}

static struct ask_node *make_word(struct dice *dice, const struct oracle *oracle);

static struct ask_node *make_words(struct dice *dice, const struct oracle *oracle,
                                   enum ask_kind kind)
{
    struct ask_node *node = ask_node_new(kind, chance(dice, 15) ? FIELD_TITLE : FIELD_TEXT);
    size_t count = kind == ASK_PHRASE ? 2 + dice_roll(dice, ASK_PARTS - 1)
                   : kind == ASK_NEAR ? 2
                                      : 1;
    for (int tries = 0; !pick_words(dice, oracle, node, count); tries++)
        if (tries == 50) {
            ask_node_free(node);
            return NULL;
        }
    if (kind == ASK_NEAR) {
        node->field = FIELD_TEXT;
        node->window = 1 + dice_roll(dice, 12);
        struct ask_node *other = make_word(dice, oracle);
        if (other && chance(dice, 70))
            set_word(node, 1, other->words[0]);
        ask_node_free(other);
        if (strcmp(node->words[0], node->words[1]) == 0)
            set_word(node, 1, "zzzz");
    }
    if (kind == ASK_PREFIX) {
        size_t size = strlen(node->words[0]);
        size_t keep = size < 4 ? size : 3 + dice_roll(dice, (uint32_t)size - 2);
        node->words[0][keep] = '\0';
        if (keep < 3) {
            node->kind = ASK_WORD;
        }
    }
    return node;
}

static struct ask_node *make_word(struct dice *dice, const struct oracle *oracle)
{
    return make_words(dice, oracle, ASK_WORD);
}

static struct ask_node *make_value(struct dice *dice, const struct oracle *oracle)
{
    static const enum field_id choices[] = {FIELD_ACTOR, FIELD_REGION, FIELD_MENTIONED,
                                            FIELD_SOURCE, FIELD_ID};
    enum field_id field = choices[dice_roll(dice, ARRAY_LEN(choices))];
    const char *value = oracle_value(oracle, dice_roll(dice, (uint32_t)oracle_count(oracle)), field,
                                     dice_roll(dice, 8));
    if (!value || strlen(value) > 60 || strcspn(value, " \"():*,'") != strlen(value))
        return NULL;
    struct ask_node *node = ask_node_new(ASK_VALUE, field);
    set_word(node, 0, value);
    return node;
}

/* A pair, by way of a value that its words name. */
static struct ask_node *make_name(struct dice *dice)
{
    const struct ask_name *name = &ask_names[dice_roll(dice, (uint32_t)ask_name_count)];
    if (!strchr(name->words, ' '))
        return NULL;
    struct ask_node *node = ask_node_new(ASK_NAME, name->field);
    set_word(node, 0, name->words);
    set_word(node, 1, name->value);
    return node;
}

/* A single word that names something; a report may have it, too. */
static struct ask_node *make_naming_word(struct dice *dice)
{
    const struct ask_name *name = &ask_names[dice_roll(dice, (uint32_t)ask_name_count)];
    if (strchr(name->words, ' '))
        return NULL;
    struct ask_node *node = ask_node_new(ASK_WORD, FIELD_TEXT);
    set_word(node, 0, name->words);
    return node;
}

static void pick_dates(struct dice *dice, const struct oracle *oracle, day_t *from, day_t *to)
{
    static const uint32_t spans[] = {1, 20, 120, 800, 6000};
    day_t day = oracle_day(oracle, dice_roll(dice, (uint32_t)oracle_count(oracle)));
    if (day == DAY_NONE)
        return;
    day_t span = (day_t)dice_roll(dice, spans[dice_roll(dice, ARRAY_LEN(spans))]);
    day_t before = span ? (day_t)dice_roll(dice, (uint32_t)span) : 0;
    if (day - before < DAY_MIN || day - before + span > DAY_MAX)
        return;
    *from = chance(dice, 85) ? day - before : DAY_NONE;
    *to = *from == DAY_NONE || chance(dice, 85) ? day - before + span : DAY_NONE;
}

static struct ask_node *make_leaf(struct dice *dice, const struct oracle *oracle)
{
    uint32_t kind = dice_roll(dice, 100);
    struct ask_node *node = NULL;
    if (kind < 5)
        return make_name(dice);
    if (kind < 10)
        return make_naming_word(dice);
    if (kind < 50)
        return make_word(dice, oracle);
    if (kind < 60)
        return make_words(dice, oracle, ASK_EXACT);
    if (kind < 72)
        return make_words(dice, oracle, ASK_PHRASE);
    if (kind < 79)
        return make_words(dice, oracle, ASK_NEAR);
    if (kind < 86)
        return make_words(dice, oracle, ASK_PREFIX);
    if (kind < 95)
        return make_value(dice, oracle);
    node = ask_node_new(ASK_DATES, FIELD_DATE);
    pick_dates(dice, oracle, &node->from, &node->to);
    if (node->from == DAY_NONE && node->to == DAY_NONE) {
        ask_node_free(node);
        return NULL;
    }
    return node;
}

static void add_child(struct ask_node *node, struct ask_node *child)
{
    if (child)
        node->children[node->child_count++] = child;
}

static struct ask_node *make_tree(struct dice *dice, const struct oracle *oracle, int depth)
{
    if (depth == 0 || chance(dice, 45))
        return make_leaf(dice, oracle);
    if (chance(dice, 12)) {
        struct ask_node *node = ask_node_new(ASK_NOT, FIELD_TEXT);
        add_child(node, make_tree(dice, oracle, depth - 1));
        node->style = dice_roll(dice, 2);
        if (node->child_count && node->children[0]->kind != ASK_NOT)
            return node;
        ask_node_free(node);
        return make_leaf(dice, oracle);
    }
    struct ask_node *node = ask_node_new(chance(dice, 60) ? ASK_AND : ASK_OR, FIELD_TEXT);
    node->style = dice_roll(dice, 2);
    for (uint32_t i = 2 + dice_roll(dice, ASK_PARTS - 1); i > 0; i--)
        add_child(node, make_tree(dice, oracle, depth - 1));
    if (node->child_count >= 2)
        return node;
    ask_node_free(node);
    return make_leaf(dice, oracle);
}

static size_t count_terms(const struct ask_node *node)
{
    size_t count = node->word_count + (node->kind == ASK_DATES);
    for (size_t i = 0; i < node->child_count; i++)
        count += count_terms(node->children[i]);
    return count;
}

/* A tree within the limits of a question. */
static struct ask_node *make_fitting_tree(struct dice *dice, const struct oracle *oracle)
{
    struct ask_node *root;
    while ((root = make_tree(dice, oracle, 3)) && count_terms(root) > LIMIT_QUESTION_TERMS)
        ask_node_free(root);
    return root;
}

static struct ask_node *make_any(struct dice *dice, const struct oracle *oracle)
{
    struct ask_node *node = ask_node_new(ASK_OR, FIELD_TEXT);
    for (uint32_t i = 2 + dice_roll(dice, ASK_PARTS - 1); i > 0; i--)
        add_child(node, chance(dice, 10) ? make_name(dice) : make_word(dice, oracle));
    if (node->child_count >= 2)
        return node;
    ask_node_free(node);
    return NULL;
}

static void make_filters(struct dice *dice, const struct oracle *oracle, struct ask *ask)
{
    static const enum field_id choices[] = {FIELD_ACTOR,   FIELD_ACTOR,     FIELD_REGION,
                                            FIELD_REGION,  FIELD_MENTIONED, FIELD_SOURCE,
                                            FIELD_LANGUAGE};
    uint32_t count = chance(dice, 50) ? 0 : 1 + dice_roll(dice, ARRAY_LEN(ask->filters));
    for (uint32_t i = 0; i < count; i++) {
        struct ask_filter filter = {.field = choices[dice_roll(dice, ARRAY_LEN(choices))],
                                    .exclude = chance(dice, 25)};
        const char *value = oracle_value(oracle, dice_roll(dice, (uint32_t)oracle_count(oracle)),
                                         filter.field, dice_roll(dice, 8));
        if (chance(dice, 3))
            value = "nobody-of-that-name";
        if (!value || strlen(value) >= sizeof filter.value)
            continue;
        snprintf(filter.value, sizeof filter.value, "%s", value);
        ask->filters[ask->filter_count++] = filter;
    }
}

void asking_make(struct dice *dice, const struct oracle *oracle, struct ask *out)
{
    static const char *const sorts[] = {NULL, "relevance", "newest", "oldest"};
    static const char *const intervals[] = {"day", "week", "month", "year"};
    static const uint32_t sizes[] = {1, 5, 10, 10, 100};
    struct ask ask = {.from = DAY_NONE, .to = DAY_NONE, .page = 1};
    ask.any = chance(dice, 15);
    if (ask.any)
        ask.root = make_any(dice, oracle);
    else if (chance(dice, 93))
        ask.root = make_fitting_tree(dice, oracle);
    if (!ask.root)
        ask.any = false;
    ask.exact_words = chance(dice, 20);
    make_filters(dice, oracle, &ask);
    if (chance(dice, 25))
        pick_dates(dice, oracle, &ask.from, &ask.to);
    ask.sort = sorts[dice_roll(dice, ARRAY_LEN(sorts))];
    ask.interval = chance(dice, 15) ? intervals[dice_roll(dice, ARRAY_LEN(intervals))] : NULL;
    ask.size = sizes[dice_roll(dice, ARRAY_LEN(sizes))];
    ask.page = chance(dice, 70) ? 1 : 1 + dice_roll(dice, 6);
    *out = ask;
}

void asking_copy(const struct ask *ask, struct ask *out)
{
    *out = *ask;
    out->root = ask_node_copy(ask->root);
}

void asking_clear(struct ask *ask)
{
    ask_node_free(ask->root);
    ask->root = NULL;
}

/* ---- smaller questions --------------------------------------------------------------- */

/* Walks the tree to the node of number '*way', counting down, and makes it one of its
 * children, or takes one of its children away. True once it has done so. */
static bool shrink_node(struct ask_node **node, size_t *way)
{
    for (size_t i = 0; i < (*node)->child_count; i++) {
        struct ask_node *child = (*node)->children[i];
        if ((*way)-- == 0) {
            for (size_t j = 0; j < (*node)->child_count; j++)
                if (j != i)
                    ask_node_free((*node)->children[j]);
            (*node)->child_count = 0;
            ask_node_free(*node);
            *node = child;
            return true;
        }
    }
    if ((*node)->child_count > 2)
        for (size_t i = 0; i < (*node)->child_count; i++)
            if ((*way)-- == 0) {
                ask_node_free((*node)->children[i]);
                for (size_t j = i + 1; j < (*node)->child_count; j++)
                    (*node)->children[j - 1] = (*node)->children[j];
                (*node)->child_count--;
                return true;
            }
    for (size_t i = 0; i < (*node)->child_count; i++)
        if (shrink_node(&(*node)->children[i], way))
            return true;
    return false;
}

bool asking_shrink(const struct ask *ask, size_t way, struct ask *out, bool *same)
{
    asking_copy(ask, out);
    *same = false;
    if (way < 6) {
        *same = way >= ask->filter_count;
        if (!*same)
            out->filters[way] = out->filters[--out->filter_count];
        return true;
    }
    switch (way) {
    case 6:
        *same = ask->from == DAY_NONE;
        out->from = DAY_NONE;
        return true;
    case 7:
        *same = ask->to == DAY_NONE;
        out->to = DAY_NONE;
        return true;
    case 8:
        *same = !ask->interval;
        out->interval = NULL;
        return true;
    case 9:
        *same = !ask->sort;
        out->sort = NULL;
        return true;
    case 10:
        *same = ask->page == 1;
        out->page = 1;
        return true;
    case 11:
        *same = !ask->root;
        asking_clear(out);
        out->any = false;
        return true;
    default:
        way -= 12;
        return ask->root && !ask->any && shrink_node(&out->root, &way);
    }
}
