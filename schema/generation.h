/* generation.h: where an index keeps its generations, for both halves.
 *
 *   INDEX/current                      a symlink: generations/000042
 *   INDEX/generations/000042/database/    the Xapian database
 *                            vocabulary/  the vocabulary its tags were made with
 *                            vocabulary.compiled  the same, to be mapped
 *                            words        the words of each report in order (report_file.h)
 *                            texts        each report as it is stored (store.h)
 *                            frequent     the postings of frequent terms (frequent_file.h)
 *                            manifest.json
 *                            differences.jsonl  what it says that the one before did not (story.h)
 *                            changes.jsonl  what each commit since changed (changes.h)
 *   INDEX/building/                    a generation that is not yet published
 *   INDEX/lock, INDEX/write.lock       held by who writes (indexer/lock.h)
 *
 * What is under generations/ was verified before it got there. Only the indexer's
 * publication writes; this file reads.
 */
#ifndef SITREP_GENERATION_H
#define SITREP_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define GENERATION_NAME_ROOM 16
#define GENERATION_COMPILED  "vocabulary.compiled"
#define GENERATION_WORDS     "words"
#define GENERATION_TEXTS     "texts"
#define GENERATION_FREQUENT  "frequent"

struct generation {
    char name[GENERATION_NAME_ROOM]; /* "000042" */
    char *path;                      /* of its directory; freed by generation_clear */
    char *database_path;
    char *vocabulary_path;
    char *words_path;
    char *texts_path;
    char *frequent_path;
    uint64_t reports; /* as the manifest has it, or the database after commits since */
    int64_t created;  /* seconds since 1970 */
    char schema_version[16];
    char vocabulary_hash[65];
    bool no_demonyms; /* an option of its tagging: "Malian" was no evidence for Mali */
};

/* The published generation. ERROR_NO_INPUT where the directory holds no index (the text
 * says how to build one), ERROR_VERSION where its schema is another, ERROR_CORRUPT where the
 * manifest cannot be read. */
bool generation_current(const char *index, struct generation *out, struct error *err);
/* One generation by name, without a look at 'current'. */
bool generation_open(const char *index, const char *name, struct generation *out,
                     struct error *err);
void generation_clear(struct generation *generation);
/* Only the paths, of a directory that need not be published. ERROR_MEMORY. */
bool generation_locate(const char *directory, struct generation *out, struct error *err);
struct vocabulary;
/* The vocabulary of a generation: mapped as vocabulary_map does it, else read from its text. */
bool generation_vocabulary(const struct generation *generation, struct vocabulary **out,
                           struct error *err);

/* The name that 'current' points to, "" where there is none: one readlink, to be asked
 * often. */
void generation_current_name(const char *index, char out[GENERATION_NAME_ROOM]);
/* All names under generations/, ascending; the caller frees each and the array. */
bool generation_list(const char *index, char ***names, size_t *count, struct error *err);

#endif
