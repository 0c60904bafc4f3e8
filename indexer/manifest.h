/* manifest.h: what a generation is made of, so that it can be told later whether it still is.
 * Xapian's files have no checksums of their own: damage there gives wrong answers in silence.
 *
 * manifest.json: "generation", "schema_version", "created" (UTC), "reports",
 * "vocabulary_hash", "options" of the tagging, "counts" of the run that built it, and "files":
 * path, bytes, sha256. seal.json: "sequence" of a commit, and "files" of the database as it left
 * them. The log of changes is in neither; it tells by itself whether it is whole.
 */
#ifndef SITREP_MANIFEST_H
#define SITREP_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"

struct manifest_facts {
    const char *generation; /* its name */
    const char *vocabulary_hash;
    uint64_t reports;
    uint64_t seen, accepted, unchanged, rejected;
    bool no_demonyms; /* an option of the tagging */
};

/* Hashes all files of a directory and writes its manifest.json, forced to disk. */
bool manifest_write(const char *directory, const struct manifest_facts *facts, struct error *err);
/* Gives the generation another name. */
bool manifest_rename(const char *directory, const char *name, struct error *err);
/* Lists one more file of the directory. */
bool manifest_add(const char *directory, const char *name, struct error *err);
/* Hashes them again: ERROR_CORRUPT names the first file that differs, is missing or is not in
 * the manifest. '*reports' is what the manifest says.
 *
 * Who writes to the database changes its files, and be it in a commit that never came to be: from
 * then on they are compared with the seal that manifest_seal left, while nothing was written
 * since. '*sealed' says whether they could be compared; 'sequence' is that of the last commit.
 * All other files never change. */
bool manifest_verify(const char *directory, uint64_t sequence, uint64_t *reports, bool *sealed,
                     struct error *err);
/* Hashes the files of the database as commit 'sequence' left them into seal.json, for later: they
 * were found sound. Nobody may write meanwhile. */
bool manifest_seal(const char *directory, uint64_t sequence, struct error *err);
/* To be called before the database is written to. */
bool manifest_break_seal(const char *directory, struct error *err);

#endif
