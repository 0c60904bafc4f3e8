/* verification.h: is this generation whole? Asked before it is published, and by
 * 'sitrep-index check'.
 */
#ifndef SITREP_VERIFICATION_H
#define SITREP_VERIFICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"

/* Quick: the database opens, is of this schema version and has 'reports' documents.
 * ERROR_CORRUPT or ERROR_VERSION. */
bool verification_open(const char *database, uint64_t reports, struct error *err);
/* What verification_run found a sound generation to be. */
struct verification {
    uint64_t sequence; /* of the last commit since it was published, 0 for none */
    uint64_t reports;
    bool sealed; /* all files were compared with hashes taken after that commit */
};
/* Thorough: every file of the generation's directory against its manifest or seal, the log of
 * changes, the above, and, in processes of their own because damage can crash them, Xapian's own
 * check and whether each report has its words (word_stream.h). Nobody may write meanwhile. */
bool verification_run(const char *directory, struct verification *out, struct error *err);

/* The same in three steps. From the first one on, Xapian's check is at work, which takes longest,
 * and the database must not change; from the second one on that of the words, and none of the files
 * may. The third one looks at the manifest, and frees the work, whatever it returns. */
struct verification_work;
bool verification_begin(const char *directory, struct verification_work **out, struct error *err);
bool verification_go_on(struct verification_work *work, struct error *err);
bool verification_end(struct verification_work *work, struct verification *out, struct error *err);
/* In place of verification_end. NULL is fine. */
void verification_cancel(struct verification_work *work);

#endif
