/* build.h: the whole way of reports into a published generation, step by step:
 * corpus, reader, spool, segments, compaction, publication.
 */
#ifndef SITREP_BUILD_H
#define SITREP_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/extraction.h"
#include "indexer/tally.h"
#include "schema/error.h"
#include "schema/generation.h"

struct build_options {
    const char *index;      /* the index directory; made where it is missing */
    const char *vocabulary; /* directory of the vocabulary */
    struct extraction_options extraction;
    const char *const *paths;
    size_t path_count;
    unsigned workers; /* processes that index; 0: one a core */
    uint64_t memory;  /* bytes that all of them together may take; 0: BUDGET_MEMORY */
    bool fresh;       /* start anew where an earlier run of this build was stopped */
    bool no_carry;    /* what was added to the generation before stays behind */
    bool rehearse;    /* the generation stands aside, to be published later */
    unsigned keep;    /* generations kept afterwards, the new one included */
};

enum build_phase { BUILD_READING, BUILD_INDEXING, BUILD_MERGING, BUILD_PUBLISHING, BUILD_PHASES };
extern const char *const build_phase_names[BUILD_PHASES];

struct build_progress {
    enum build_phase phase;
    uint64_t done;  /* reports */
    uint64_t total; /* of them, 0 where that is not known */
    uint64_t bytes; /* of input read */
    double seconds; /* since the phase began */
};

/* Accepted + unchanged + rejected = seen, always. A file that cannot be read, or that was named
 * and is of no known format, is one report rejected. */
struct build_counts {
    uint64_t seen;
    uint64_t accepted;  /* new, or not as the published generation has them */
    uint64_t unchanged; /* the published generation has them, saying the same */
    uint64_t rejected;
    uint64_t skipped; /* files and other things passed over; not part of 'seen' */
    uint64_t files;   /* read */
    uint64_t bytes;   /* read */
};

struct build_observer {
    void *context;
    /* Called some times a second, and when a phase ends. */
    void (*progress)(void *context, const struct build_progress *progress);
    /* A report that was rejected: where and why. */
    void (*rejected)(void *context, const struct error *why);
    /* Something passed over that is no report. */
    void (*skipped)(void *context, const char *path, const char *why);
    /* An earlier run of this build read so many reports and was stopped: this one goes on. */
    void (*resumed)(void *context, uint64_t reports);
};

struct build_result {
    struct build_counts counts;
    char generation[GENERATION_NAME_ROOM];
    uint64_t reports; /* in the generation */
    uint64_t carried; /* of them, added to the generation before and not read now (carry.h) */
    uint64_t kept;    /* of them, indexed by an earlier run that was stopped */
    bool resumable;   /* it failed, and started again goes on where it stopped */
    double seconds[BUILD_PHASES];
    struct tally ignored;          /* names of values that no field has */
    uint64_t given, given_unknown; /* tags that came with the reports; not in the vocabulary */
    uint64_t same, same_texts;     /* reports whose text another has too; such texts */
};

/* Builds a generation from the paths (files, directories, "-") and publishes it. Rejects are
 * also kept in its rejects.jsonl. Where it fails, or no report is left to publish
 * (ERROR_DATA), the published generation stays; the counts in 'out' are as far as it got. A
 * run that was killed, or failed for want of disk or memory, goes on where it stopped when it
 * is started again with the same options and files. */
bool build_run(const struct build_options *options, const struct build_observer *observer,
               struct build_result *out, struct error *err);

#endif
