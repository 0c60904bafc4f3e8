#include "schema/pairs.h"

#include <stdlib.h>
#include <string.h>

struct pairs {
    char *text; /* a NUL after each word */
    const char **words;
    size_t count;
};

bool pairs_new(const char *text, struct pairs **out, struct error *err)
{
    struct pairs *pairs = calloc(1, sizeof *pairs);
    size_t lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    if (!pairs || !(pairs->text = strdup(text)) ||
        !(pairs->words = calloc(lines + 1, sizeof pairs->words[0]))) {
        pairs_free(pairs);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    char *rest = pairs->text;
    while (pairs->count < lines && pairs->count < PAIRS_WORDS)
        pairs->words[pairs->count++] = strsep(&rest, "\n");
    *out = pairs;
    return true;
}

bool pairs_load(const struct xap_db *db, struct pairs **out, struct error *err)
{
    struct xap_error xapian = {0};
    char *text;
    if (!xap_db_metadata(db, PAIRS_KEY, &text, NULL, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok = pairs_new(text, out, err);
    free(text);
    return ok;
}

void pairs_free(struct pairs *pairs)
{
    if (!pairs)
        return;
    free(pairs->words);
    free(pairs->text);
    free(pairs);
}

static int compare(const void *word, const void *item)
{
    return strcmp(word, *(const char *const *)item);
}

int pairs_number(const struct pairs *pairs, const char *word)
{
    if (!pairs || pairs->count == 0)
        return -1;
    const char **found = bsearch(word, pairs->words, pairs->count, sizeof word, compare);
    return found ? (int)(found - pairs->words) : -1;
}

void pairs_term(int first, int second, char out[PAIRS_TERM_ROOM])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    const int numbers[] = {first / 64, first % 64, second / 64, second % 64};
    size_t size = strlen(PAIRS_PREFIX);
    memcpy(out, PAIRS_PREFIX, size);
    for (size_t i = 0; i < 4; i++)
        out[size + i] = digits[numbers[i]];
    out[size + 4] = '\0';
}
