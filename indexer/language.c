#include "indexer/language.h"

#include <libexttextcat/textcat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

#define LEAST_LETTERS   36u  /* bytes of them in a text; shorter ones are not clear */
#define LETTERS_A_DIGIT 10u  /* at least, in prose */
#define LETTER_BYTES    120u /* of a text that has each letter of its language's table row */
#define LEAST_ENGLISH   4u   /* words that only English has, of a hundred */

struct language {
    void *models;
    candidate_t *candidates;
};

/* Languages that reports are written in, and the names of libexttextcat's models of them. Few, as
 * each costs time and more of them are taken for another. */
static const struct model {
    const char *code, *model;
    const char *letter; /* some line of any text has it; where languages tie, it is asked for */
} models[] = {
    {"am", "am", NULL}, {"ar", "ar", NULL},      {"bg", "bg", "ъ"},       {"ca", "ca", NULL},
    {"cs", "cs", "ě"},  {"da", "da", NULL},      {"de", "de", NULL},      {"el", "el", NULL},
    {"en", "en", NULL}, {"es", "es", NULL},      {"fa", "fa", NULL},      {"fi", "fi", NULL},
    {"fr", "fr", NULL}, {"ha", "ha-NG", NULL},   {"he", "he", NULL},      {"hi", "hi", NULL},
    {"hr", "hr", NULL}, {"hu", "hu", NULL},      {"id", "id", NULL},      {"it", "it", NULL},
    {"ja", "ja", "の"}, {"ko", "ko", NULL},      {"nl", "nl", NULL},      {"no", "nb", NULL},
    {"pl", "pl", "ł"},  {"pt", "pt", "ã"},       {"ro", "ro", "ă"},       {"ru", "ru", "ы"},
    {"so", "so", NULL}, {"sr", "sr-Cyrl", "ј"},  {"sv", "sv", NULL},      {"sw", "sw", NULL},
    {"ti", "ti", NULL}, {"tr", "tr", NULL},      {"uk", "uk", "і"},       {"ur", "ur", "ے"},
    {"vi", "vi", NULL}, {"zh", "zh-Hans", NULL}, {"zh", "zh-Hant", NULL},
};

/* Of a hundred words of English prose ten are one of these, rarely less than four. No other
 * language has them. */
static const char *const english_words[] = {"the",   "and",  "that", "with", "which",
                                            "were",  "have", "has",  "been", "from",
                                            "their", "this", "said", "would"};

/* The table as a file of libexttextcat's form, which it reads by a path. */
static int write_table(void)
{
    int fd = memfd_create("languages", MFD_CLOEXEC);
    for (size_t i = 0; fd >= 0 && i < ARRAY_LEN(models); i++)
        if (dprintf(fd, "%s.lm %s--utf8\n", models[i].model, models[i].code) < 0) {
            close(fd);
            fd = -1;
        }
    return fd;
}

bool language_open(struct language **out, struct error *err)
{
    struct language *language = calloc(1, sizeof *language);
    int table = write_table();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", table);
    if (language && table >= 0)
        language->models = special_textcat_Init(path, SITREP_LANGUAGE_MODELS "/");
    if (table >= 0)
        close(table);
    if (language && language->models)
        language->candidates = textcat_GetClassifyFullOutput(language->models);
    if (language && language->candidates) {
        *out = language;
        return true;
    }
    language_close(language);
    return error_set(err, ERROR_SYSTEM, SITREP_LANGUAGE_MODELS,
                     "the models of the languages cannot be read; install libexttextcat-data");
}

void language_close(struct language *language)
{
    if (!language)
        return;
    if (language->candidates)
        textcat_ReleaseClassifyFullOutput(language->models, language->candidates);
    if (language->models)
        textcat_Done(language->models);
    free(language);
}

static bool is_letter(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
}

/* Tables, lists of numbers and the like are in no language. */
static bool is_prose(const char *text, size_t size)
{
    size_t letters = 0, digits = 0;
    for (size_t i = 0; i < size; i++) {
        letters += is_letter(text[i]);
        digits += text[i] >= '0' && text[i] <= '9';
    }
    return letters >= LEAST_LETTERS && letters >= digits * LETTERS_A_DIGIT;
}

static bool is_english_word(const char *word, size_t size)
{
    if (size < 3 || size > 5)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(english_words); i++)
        if (strlen(english_words[i]) == size && memcmp(english_words[i], word, size) == 0)
            return true;
    return false;
}

static bool is_english(const char *text, size_t size)
{
    size_t words = 0, english = 0;
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        while (at < size && is_letter(text[at]))
            at++;
        words += at > begin;
        english += is_english_word(text + begin, at - begin);
        at += at == begin;
    }
    return english >= 2 && english * 100 >= words * LEAST_ENGLISH;
}

/* The model of a candidate, which is called "fr--utf8". */
static const struct model *model_of(const candidate_t *candidate)
{
    for (size_t i = 0; i < ARRAY_LEN(models); i++)
        if (strncmp(candidate->name, models[i].code, 2) == 0)
            return &models[i];
    return NULL;
}

/* The one language that is left of the candidates; NULL where there are several. */
static const char *choose(const candidate_t *candidates, int count, const char *text, size_t size)
{
    const char *code = NULL;
    for (int i = 0; i < count; i++) {
        const struct model *model = model_of(&candidates[i]);
        bool is_out = count > 1 && size >= LETTER_BYTES && model && model->letter &&
                      !memmem(text, size, model->letter, strlen(model->letter));
        if (!model || is_out)
            continue;
        if (code && strcmp(code, model->code) != 0)
            return NULL;
        code = model->code;
    }
    return code;
}

const char *language_find(struct language *language, const char *text, size_t size)
{
    size = text_cut(text, size, LANGUAGE_BYTES);
    if (is_english(text, size))
        return "en";
    if (!is_prose(text, size))
        return NULL;
    int count = textcat_ClassifyFull(language->models, text, size, language->candidates);
    return choose(language->candidates, count, text, size);
}
