#include "search/words.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/term_walk.h"

/* ---- loading ------------------------------------------------------------------ */

struct loading {
    struct buffer text;
    uint32_t *starts, *reports;
    size_t count, start_room, report_room;
    uint32_t least;
};

static bool keep_word(struct loading *loading, const char *word, uint32_t reports)
{
    size_t needed = loading->count + 1;
    if (!array_reserve(&loading->starts, &loading->start_room, needed, sizeof *loading->starts) ||
        !array_reserve(&loading->reports, &loading->report_room, needed, sizeof *loading->reports))
        return false;
    loading->starts[loading->count] = (uint32_t)loading->text.size;
    loading->reports[loading->count++] = reports;
    buffer_append(&loading->text, word, strlen(word) + 1);
    return !loading->text.failed;
}

/* Terms of fields begin with a capital, words with none: those are passed over at once. */
static bool read_words(struct term_walk *terms, struct loading *loading, struct error *err)
{
    const char *word;
    uint32_t reports;
    bool ok = term_walk_skip_to(terms, ":", err); /* past the digits */
    while (ok && (ok = term_walk_next(terms, &word, &reports, err)) && word) {
        if (word[0] <= 'Z')
            ok = term_walk_skip_to(terms, "[", err);
        else if (reports >= loading->least && !keep_word(loading, word, reports))
            return error_set(err, ERROR_MEMORY, NULL, "out of memory loading the words");
    }
    return ok;
}

bool words_load(const struct postings_source *source, uint32_t reports, struct words *out,
                struct error *err)
{
    struct term_walk *terms;
    struct loading loading = {.least = reports >= WORDS_MANY_REPORTS ? 2 : 1};
    if (!term_walk_open(source, "", &terms, err))
        return false;
    bool ok = read_words(terms, &loading, err);
    term_walk_close(terms);
    *out = (struct words){.starts = loading.starts,
                          .reports = loading.reports,
                          .count = loading.count,
                          .text = buffer_take(&loading.text, NULL)};
    ok = ok && (out->text || error_set(err, ERROR_MEMORY, NULL, "out of memory"));
    if (!ok)
        words_clear(out);
    return ok;
}

void words_clear(struct words *words)
{
    free(words->text);
    free(words->starts);
    free(words->reports);
    *words = (struct words){0};
}

size_t words_memory(const struct words *words)
{
    size_t text = words->count ? words->starts[words->count - 1] : 0;
    return text + words->count * (sizeof words->starts[0] + sizeof words->reports[0]);
}

/* ---- finding ------------------------------------------------------------------ */

const char *words_at(const struct words *words, size_t number)
{
    return words->text + words->starts[number];
}

/* The first word whose beginning is not less than the prefix, or is greater. */
static size_t find_bound(const struct words *words, const char *prefix, size_t size, bool after)
{
    size_t low = 0, high = words->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(words_at(words, middle), prefix, size);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void words_range(const struct words *words, const char *prefix, size_t size, size_t *begin,
                 size_t *end)
{
    *begin = find_bound(words, prefix, size, false);
    *end = find_bound(words, prefix, size, true);
}

/* ---- correcting --------------------------------------------------------------- */

#define LETTERS (LIMIT_WORD_BYTES + 1)

/* The characters of a word; words are well-formed UTF-8. Returns their number. */
static size_t spell_out(const char *word, uint32_t letters[LETTERS])
{
    size_t count = 0;
    for (const unsigned char *c = (const unsigned char *)word; *c && count < LETTERS; c++) {
        if ((*c & 0xc0) == 0x80 && count)
            letters[count - 1] = letters[count - 1] << 6 | (*c & 0x3f);
        else
            letters[count++] = *c;
    }
    return count;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits between two words, or more than 'most' where there are more. */
static unsigned distance(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count,
                         unsigned most)
{
    unsigned rows[3][LETTERS + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (unsigned j = 0; j <= b_count; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_count; i++) {
        unsigned best = now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_count; j++) {
            bool same = a[i - 1] == b[j - 1];
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
            best = least(best, now[j]);
        }
        if (best > most)
            return best;
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_count];
}

const char *words_correct(const struct words *words, const char *word, uint32_t reports)
{
    uint32_t letters[LETTERS], others[LETTERS];
    size_t size = spell_out(word, letters), first = 1, begin, end;
    unsigned most = size < 4 ? 0 : size < 8 ? 1 : 2, best_edits = most + 1;
    const char *best = NULL;
    uint32_t best_reports = reports;
    if (most == 0)
        return NULL;
    while (((unsigned char)word[first] & 0xc0) == 0x80)
        first++;
    words_range(words, word, first, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const char *other = words_at(words, i);
        if (words->reports[i] <= reports || strcmp(word, other) == 0)
            continue;
        size_t other_size = spell_out(other, others);
        if (other_size + most < size || size + most < other_size)
            continue;
        unsigned edits = distance(letters, size, others, other_size, least(most, best_edits));
        if (edits < best_edits || (edits == best_edits && words->reports[i] > best_reports)) {
            best = other;
            best_edits = edits;
            best_reports = words->reports[i];
        }
    }
    return best_edits <= most ? best : NULL;
}
