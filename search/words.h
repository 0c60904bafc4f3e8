/* words.h: the words of an index, in memory and in order, so that what begins with some letters
 * and what is spelt nearly so are found without the disk.
 */
#ifndef SITREP_WORDS_H
#define SITREP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/postings.h"

/* In an index of so many reports, words that only one of them has are left out: most are
 * misspelt themselves. */
#define WORDS_MANY_REPORTS 1000u

struct words {
    char *text;        /* one after the other, each NUL-terminated, in byte order */
    uint32_t *starts;  /* in 'text' */
    uint32_t *reports; /* that have the word */
    size_t count;
};

/* The folded words of texts; none that begin with a digit. */
bool words_load(const struct postings_source *source, uint32_t reports, struct words *out,
                struct error *err);
void words_clear(struct words *words);
const char *words_at(const struct words *words, size_t number);
/* Those that begin with the bytes of 'prefix': numbers '*begin' to '*end' - 1. */
void words_range(const struct words *words, const char *prefix, size_t size, size_t *begin,
                 size_t *end);
/* The word that a misspelt one is meant to be; NULL where none is near: of those with its first
 * letter at most 1 edit away, 2 for words of eight letters and more, by insertion, deletion,
 * substitution or transposition of neighbours (Damerau, 1964; as optimal string alignment), the
 * nearest, and of these the one in most reports, if that is more than 'reports'. Words of fewer
 * than four letters are taken as they are. */
const char *words_correct(const struct words *words, const char *word, uint32_t reports);
/* Bytes of memory. */
size_t words_memory(const struct words *words);

#endif
