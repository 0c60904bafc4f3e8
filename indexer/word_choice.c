#include "indexer/word_choice.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/function_words.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "schema/word_list.h"

struct counted {
    unsigned occurrences;
    unsigned reports, last; /* that have it; the number of the last of them */
    char word[LIMIT_WORD_BYTES + 1];
};

struct word_choice {
    void *tree; /* of struct counted, by tsearch() */
    size_t words;
    unsigned reports;
};

static int by_word(const void *a, const void *b)
{
    return strcmp(((const struct counted *)a)->word, ((const struct counted *)b)->word);
}

bool word_choice_new(struct word_choice **out, struct error *err)
{
    *out = calloc(1, sizeof **out);
    return *out || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool count_word(struct word_choice *choice, const struct token *token)
{
    struct counted key = {0};
    memcpy(key.word, token->folded, token->size + 1);
    void *found = tfind(&key, &choice->tree, by_word);
    if (!found) {
        struct counted *counted = malloc(sizeof *counted);
        if (!counted)
            return false;
        *counted = key;
        found = tsearch(counted, &choice->tree, by_word);
        if (!found) {
            free(counted);
            return false;
        }
        choice->words++;
    }
    struct counted *counted = *(struct counted **)found;
    counted->occurrences++;
    counted->reports += counted->last != choice->reports;
    counted->last = choice->reports;
    return true;
}

static bool count_text(struct word_choice *choice, const char *text, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    bool ok = true;
    tokenizer_start(&tokenizer, text, size);
    while (ok && tokenizer_next(&tokenizer, &token))
        ok = count_word(choice, &token);
    tokenizer_end(&tokenizer);
    return ok;
}

bool word_choice_count(struct word_choice *choice, const struct report *report, struct error *err)
{
    choice->reports++;
    return (count_text(choice, report->title, strlen(report->title)) &&
            count_text(choice, report->body, report->body_size)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

struct repeated {
    const struct counted **words; /* that occur more than once */
    size_t count;
};

static void add_repeated(const void *node, VISIT visit, void *closure)
{
    const struct counted *counted = *(struct counted *const *)node;
    struct repeated *repeated = closure;
    if ((visit == postorder || visit == leaf) && counted->occurrences > 1)
        repeated->words[repeated->count++] = counted;
}

static int by_occurrences(const void *a, const void *b)
{
    const struct counted *left = *(const struct counted *const *)a;
    const struct counted *right = *(const struct counted *const *)b;
    if (left->occurrences != right->occurrences)
        return left->occurrences > right->occurrences ? -1 : 1;
    return by_word(left, right);
}

char *word_choice_make(const struct word_choice *choice)
{
    struct repeated repeated = {.words = calloc(choice->words + 1, sizeof repeated.words[0])};
    struct buffer text = {0};
    double least = WORD_CHOICE_SHARE * choice->reports;
    if (least < WORD_CHOICE_LEAST)
        least = WORD_CHOICE_LEAST;
    if (!repeated.words)
        return NULL;
    twalk_r(choice->tree, add_repeated, &repeated);
    qsort(repeated.words, repeated.count, sizeof repeated.words[0], by_occurrences);
    for (size_t i = 0; i < repeated.count && i < WORD_LIST_WORDS; i++) {
        const struct counted *counted = repeated.words[i];
        bool pairs = i < WORD_LIST_PAIR_WORDS && counted->reports >= least &&
                     !function_words_have(counted->word);
        buffer_format(&text, "%s%s\n", counted->word, pairs ? WORD_LIST_PAIRS : "");
    }
    free(repeated.words);
    return buffer_take(&text, NULL);
}

void word_choice_free(struct word_choice *choice)
{
    if (!choice)
        return;
    tdestroy(choice->tree, free);
    free(choice);
}

static bool take_report(void *context, const struct report *report, struct error *err)
{
    return word_choice_count(context, report, err);
}

bool word_choice_of_spool(const struct spool *spool, char **out, struct error *err)
{
    struct word_choice *choice;
    if (!word_choice_new(&choice, err))
        return false;
    bool ok = spool_sample(spool, WORD_CHOICE_SAMPLE, take_report, choice, err);
    char *made = ok ? word_choice_make(choice) : NULL;
    word_choice_free(choice);
    if (made)
        *out = made;
    return made || (ok && error_set(err, ERROR_MEMORY, NULL, "out of memory"));
}
