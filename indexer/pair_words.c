#include "indexer/pair_words.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/function_words.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"

struct counted {
    unsigned reports, last; /* that have it; the number of the last of them */
    char word[LIMIT_WORD_BYTES + 1];
};

struct pair_words {
    void *tree; /* of struct counted, by tsearch() */
    unsigned reports;
};

static int by_word(const void *a, const void *b)
{
    return strcmp(((const struct counted *)a)->word, ((const struct counted *)b)->word);
}

bool pair_words_new(struct pair_words **out, struct error *err)
{
    *out = calloc(1, sizeof **out);
    return *out || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool count_word(struct pair_words *words, const struct token *token)
{
    struct counted key = {0};
    memcpy(key.word, token->folded, token->size + 1);
    void *found = tfind(&key, &words->tree, by_word);
    if (!found) {
        struct counted *counted = malloc(sizeof *counted);
        if (!counted)
            return false;
        *counted = key;
        found = tsearch(counted, &words->tree, by_word);
        if (!found) {
            free(counted);
            return false;
        }
    }
    struct counted *counted = *(struct counted **)found;
    counted->reports += counted->last != words->reports;
    counted->last = words->reports;
    return true;
}

static bool count_text(struct pair_words *words, const char *text, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    bool ok = true;
    tokenizer_start(&tokenizer, text, size);
    while (ok && tokenizer_next(&tokenizer, &token))
        ok = count_word(words, &token);
    tokenizer_end(&tokenizer);
    return ok;
}

bool pair_words_count(struct pair_words *words, const struct report *report, struct error *err)
{
    words->reports++;
    return (count_text(words, report->title, strlen(report->title)) &&
            count_text(words, report->body, report->body_size)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

struct choice {
    double least;
    struct buffer words;
};

static void choose(const void *node, VISIT visit, void *closure)
{
    const struct counted *counted = *(struct counted *const *)node;
    struct choice *choice = closure;
    if ((visit == postorder || visit == leaf) && counted->reports >= choice->least &&
        !function_words_have(counted->word))
        buffer_format(&choice->words, "%s\n", counted->word);
}

char *pair_words_choose(const struct pair_words *words)
{
    struct choice choice = {.least = PAIR_WORDS_SHARE * words->reports};
    if (choice.least < PAIR_WORDS_LEAST)
        choice.least = PAIR_WORDS_LEAST;
    twalk_r(words->tree, choose, &choice); /* in the order of the words */
    return buffer_take(&choice.words, NULL);
}

void pair_words_free(struct pair_words *words)
{
    if (!words)
        return;
    tdestroy(words->tree, free);
    free(words);
}

bool pair_words_of_spool(const struct spool *spool, char **out, struct error *err)
{
    size_t count = spool_count(spool),
           sample = count < PAIR_WORDS_SAMPLE ? count : PAIR_WORDS_SAMPLE;
    struct pair_words *words;
    if (!pair_words_new(&words, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < sample; i++) {
        struct report report = {0};
        struct spool_note note;
        ok = spool_read(spool, i * count / sample, &report, &note, err) &&
             pair_words_count(words, &report, err);
        report_clear(&report);
    }
    char *chosen = ok ? pair_words_choose(words) : NULL;
    pair_words_free(words);
    if (chosen)
        *out = chosen;
    return chosen || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}
