/* error.h: the one error of Sitrep's C code.
 *
 * The caller owns a zeroed 'struct error' and passes it last. The first error
 * wins: a function that fails while cleaning up after another failure leaves the
 * first one standing. Libraries fill errors and never print; main.c prints.
 */
#ifndef SITREP_ERROR_H
#define SITREP_ERROR_H

#include <stdbool.h>

struct xap_error;

enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE,    /* the command line or a parameter is wrong; exit 64 */
    ERROR_DATA,     /* a report, vocabulary file or query is wrong; exit 65 */
    ERROR_NO_INPUT, /* a file or index that was named is not there; exit 66 */
    ERROR_LIMIT,    /* a limit of limits.h was passed; exit 65, HTTP 400 */
    ERROR_STALE,    /* the snapshot was overwritten while it was read: open a new one */
    ERROR_CORRUPT,  /* the index is damaged; exit 69 */
    ERROR_VERSION,  /* the index is of another schema version; exit 69 */
    ERROR_INTERNAL, /* a fault of ours; exit 70 */
    ERROR_MEMORY,   /* out of memory; exit 71 */
    ERROR_SYSTEM,   /* fork, socket and the like; exit 71 */
    ERROR_CREATE,   /* an output file cannot be created; exit 73 */
    ERROR_IO,       /* reading or writing failed; exit 74 */
    ERROR_LOCKED,   /* another writer is at work; exit 75 */
    ERROR_BUSY,     /* too much is waiting already: try again later; exit 75 */
};

struct error {
    enum error_code code;
    char text[480];  /* one line: what is wrong and what to do */
    char where[240]; /* "FILE", "FILE:LINE", a parameter's name, or "" */
};

/* Both set the error unless one is set already (or 'err' is NULL), and return false,
 * so that 'return error_set(...)' ends a function. 'where' may be NULL. Control
 * characters in the text become '?': an error is always one line. */
bool error_set(struct error *err, enum error_code code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with ": strerror(errno)" at the end. */
bool error_set_errno(struct error *err, enum error_code code, const char *where, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));
/* Takes over an error of the Xapian bindings; false. */
bool error_set_xapian(struct error *err, const char *where, const struct xap_error *xapian);

void error_clear(struct error *err);
/* The exit status for the code, from <sysexits.h>. */
int error_exit_status(enum error_code code);
/* The code's name in lower case, e.g. "no input". */
const char *error_code_name(enum error_code code);

#endif
