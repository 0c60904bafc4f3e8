#include "search/ranking.h"

#include <stdlib.h>

#include "schema/buffer.h"
#include "schema/function_words.h"

/* A question whose words are weighed. */
struct weighing {
    const struct snapshot *snapshot;
    bool function_words; /* weigh too */
    double factor;       /* of a word that is said so many times */
};

/* Every ranker adds what the words of its node weigh. */
typedef bool ranker(const struct weighing *weighing, const struct query_node *node,
                    struct ranking *ranking, struct error *err);

static ranker rank_node;

static void clear_weights(struct weights *weights)
{
    terms_clear(&weights->text.terms);
    terms_clear(&weights->title.terms);
}

bool ranking_add_take(const struct snapshot *snapshot, struct ranking *ranking, struct terms *text,
                      struct terms *titles, double factor, struct error *err)
{
    struct weights weights = {.text.terms = *text, .title.terms = *titles, .factor = factor};
    *text = *titles = (struct terms){0};
    bool ok = weights.text.terms.count == 0 ||
              bm25_of(snapshot, &weights.text.terms, factor, &weights.text.bm25, err);
    ok = ok && (weights.title.terms.count == 0 ||
                bm25_of(snapshot, &weights.title.terms, factor * RANKING_TITLE_WEIGHT,
                        &weights.title.bm25, err));
    bool adds = ok && weights.text.terms.count > 0;
    if (adds && !array_reserve(&ranking->items, &ranking->room, ranking->count + 1,
                               sizeof ranking->items[0]))
        adds = ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (adds)
        ranking->items[ranking->count++] = weights;
    else
        clear_weights(&weights);
    return ok;
}

static bool rank_word(const struct weighing *weighing, const struct query_node *node,
                      struct ranking *ranking, struct error *err)
{
    const struct snapshot *snapshot = weighing->snapshot;
    struct terms text = {0}, titles = {0};
    bool is_word = node->kind == QUERY_WORD;
    if (is_word && !node->exact && !weighing->function_words && function_words_have(node->words[0]))
        return true;
    ranking->words++;
    bool ok = terms_of(snapshot, node, node->field, &text, err) &&
              (!is_word || node->field != FIELD_TEXT ||
               terms_of(snapshot, node, FIELD_TITLE, &titles, err)) &&
              ranking_add_take(snapshot, ranking, &text, &titles, weighing->factor, err);
    terms_clear(&text);
    terms_clear(&titles);
    return ok;
}

/* The words of a phrase weigh as each does by itself. */
static bool rank_phrase(const struct weighing *weighing, const struct query_node *node,
                        struct ranking *ranking, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < node->word_count; i++) {
        struct query_node word = {
            .kind = QUERY_WORD, .field = node->field, .words = &node->words[i], .word_count = 1};
        ok = rank_word(weighing, &word, ranking, err);
    }
    return ok;
}

static bool rank_and(const struct weighing *weighing, const struct query_node *node,
                     struct ranking *ranking, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++)
        ok = rank_node(weighing, node->children[i], ranking, err);
    return ok;
}

static double most_of(const struct weights *weights)
{
    return weights->text.bm25.most + weights->title.bm25.most;
}

static int most_first(const void *a, const void *b)
{
    double left = most_of(a), right = most_of(b);
    return (left < right) - (left > right);
}

/* Of the weights from 'begin' on, those that can add most. */
static void keep_best(struct ranking *ranking, size_t begin)
{
    if (ranking->count <= begin + RANKING_PARTS)
        return;
    qsort(ranking->items + begin, ranking->count - begin, sizeof ranking->items[0], most_first);
    while (ranking->count > begin + RANKING_PARTS)
        clear_weights(&ranking->items[--ranking->count]);
}

/* A word that is said twice weighs twice. */
static bool rank_or(const struct weighing *weighing, const struct query_node *node,
                    struct ranking *ranking, struct error *err)
{
    size_t begin = ranking->count, times;
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++) {
        struct weighing part = *weighing;
        if (!(times = terms_times_said(node, i)))
            continue;
        part.factor *= (double)times;
        ok = rank_node(&part, node->children[i], ranking, err);
    }
    keep_best(ranking, begin);
    return ok;
}

static bool rank_nothing(const struct weighing *weighing, const struct query_node *node,
                         struct ranking *ranking, struct error *err)
{
    (void)weighing, (void)node, (void)ranking, (void)err;
    return true;
}

static bool rank_node(const struct weighing *weighing, const struct query_node *node,
                      struct ranking *ranking, struct error *err)
{
    static ranker *const rankers[] = {
        [QUERY_ALL] = rank_nothing,   [QUERY_NOTHING] = rank_nothing, [QUERY_WORD] = rank_word,
        [QUERY_PHRASE] = rank_phrase, [QUERY_NEAR] = rank_phrase,     [QUERY_PREFIX] = rank_word,
        [QUERY_VALUE] = rank_nothing, [QUERY_DATES] = rank_nothing,   [QUERY_AND] = rank_and,
        [QUERY_OR] = rank_or,         [QUERY_NOT] = rank_nothing,
    };
    return rankers[node->kind](weighing, node, ranking, err);
}

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err)
{
    struct weighing weighing = {.snapshot = snapshot, .factor = 1};
    struct ranking ranking = {0};
    bool ok = rank_node(&weighing, node, &ranking, err);
    weighing.function_words = true; /* where there is nothing else */
    if (ok && ranking.words == 0)
        ok = rank_node(&weighing, node, &ranking, err);
    if (ok)
        *out = ranking;
    else
        ranking_clear(&ranking);
    return ok;
}

void ranking_clear(struct ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        clear_weights(&ranking->items[i]);
    free(ranking->items);
    *ranking = (struct ranking){0};
}
