/* dictionary.h: what the reports of a corpus have in common, for packing them (packing.h). */
#ifndef SITREP_DICTIONARY_H
#define SITREP_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/vocabulary.h"

struct dictionary {
    char *bytes;
    size_t size; /* 0: none, for a corpus too small to be worth one */
};

/* Trains on reports from all over the spool, with the tags that they will have. */
bool dictionary_train(const struct spool *spool, const struct vocabulary *vocabulary,
                      struct dictionary *out, struct error *err);
/* From one process to another: as a file, on disk when dictionary_save returns. */
bool dictionary_save(const struct dictionary *dictionary, const char *path, struct error *err);
bool dictionary_load(const char *path, struct dictionary *out, struct error *err);
void dictionary_clear(struct dictionary *dictionary);

#endif
