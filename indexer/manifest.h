/* manifest.h: what a generation is made of, so that it can be told later whether it still is.
 * Xapian's files have no checksums of their own: damage there gives wrong answers in silence.
 *
 * manifest.json: "generation", "schema_version", "created" (UTC), "reports",
 * "vocabulary_hash", "counts" of the run that built it, and "files": path, bytes, sha256.
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
};

/* Hashes all files of a directory and writes its manifest.json, forced to disk. */
bool manifest_write(const char *directory, const struct manifest_facts *facts, struct error *err);
/* Hashes them again: ERROR_CORRUPT names the first file that differs, is missing or is not in
 * the manifest. '*reports' is what the manifest says. */
bool manifest_verify(const char *directory, uint64_t *reports, struct error *err);

#endif
