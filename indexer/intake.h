/* intake.h: paths to reports: walks the corpus, opens each file with the reader that fits and
 * hands over one report at a time. A bad report or file is told and never ends the walk.
 */
#ifndef SITREP_INTAKE_H
#define SITREP_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/tally.h"
#include "schema/report.h"

/* Who takes the reports; the caller fills the first part and zeroes the second. */
struct intake {
    void *context;
    /* A report that went through report_complete, its language recognised where it did not say, and
     * "FILE:LINE" of where it stood. It is cleared afterwards, what the function leaves of it.
     * False ends the walk. */
    bool (*take)(void *context, struct report *report, const char *where, struct error *err);
    /* During intake_run, languages are recognised and reports taken in a thread of its own, while
     * the next ones are read. Whatever else is called is called where intake_run was. */
    bool apart;
    /* One report that cannot be taken: why and where. */
    void (*reject)(void *context, const struct error *why);
    /* Something passed over that is no report. */
    void (*skip)(void *context, const char *path, const char *why);
    /* A report was read. May be NULL. */
    void (*tick)(void *context);
    struct tally *ignored; /* names of values that no field has; borrowed */

    struct language *language; /* private: NULL until a report does not say its own */
    struct handover *handover; /* private: to the other thread, if there is one */
    uint64_t seen;             /* reports; a file that cannot be read is one of them */
    uint64_t files;            /* read */
    uint64_t bytes;            /* read, those of the report in hand included */
};

/* Reads all there is under the paths (files, directories, "-"). Fails where memory is out, or
 * as 'take' does. */
bool intake_run(struct intake *intake, const char *const *paths, size_t count, struct error *err);

/* Reads one file that was found at 'origin'. After the last one comes intake_end. */
bool intake_file(struct intake *intake, const char *path, const char *origin, struct error *err);
void intake_end(struct intake *intake);

#endif
