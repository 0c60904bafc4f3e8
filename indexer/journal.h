/* journal.h: appends to a generation's log of changes (schema/changes.h says what it holds).
 *
 * For each commit: journal_append, then journal_mark into the database, then the commit. The
 * log is ahead of the database for that moment only; what a crash leaves ahead is cut off by
 * the next journal_open.
 */
#ifndef SITREP_JOURNAL_H
#define SITREP_JOURNAL_H

#include "schema/changes.h"

struct journal;

/* Opens the log of a generation's directory, or begins it, and cuts off what is behind the mark of
 * the database, whose seal is broken thereby. For the one writer. */
bool journal_open(const char *directory, const struct xap_db *db, struct journal **out,
                  struct error *err);
void journal_close(struct journal *journal);

/* Appends a commit's line and forces it to disk; sequence and time are filled in. After a
 * failure the journal is of no more use. */
bool journal_append(struct journal *journal, struct change *change, struct error *err);
/* Sets the database's mark to the end of the log, to be committed with what the last line
 * tells. */
bool journal_mark(const struct journal *journal, struct xap_writer *writer, struct error *err);

#endif
