#include "schema/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "schema/buffer.h"
#include "xapian/xap.h"

/* One row a code, in the order of enum error_code. */
static const struct {
    const char *name;
    int exit_status;
} codes[] = {
    [ERROR_NONE] = {"none", EX_OK},
    [ERROR_USAGE] = {"usage", EX_USAGE},
    [ERROR_DATA] = {"bad data", EX_DATAERR},
    [ERROR_NO_INPUT] = {"no input", EX_NOINPUT},
    [ERROR_LIMIT] = {"limit", EX_DATAERR},
    [ERROR_STALE] = {"stale", EX_TEMPFAIL},
    [ERROR_CORRUPT] = {"corrupt", EX_UNAVAILABLE},
    [ERROR_VERSION] = {"version", EX_UNAVAILABLE},
    [ERROR_INTERNAL] = {"internal", EX_SOFTWARE},
    [ERROR_MEMORY] = {"memory", EX_OSERR},
    [ERROR_SYSTEM] = {"system", EX_OSERR},
    [ERROR_CREATE] = {"create", EX_CANTCREAT},
    [ERROR_IO] = {"input/output", EX_IOERR},
    [ERROR_LOCKED] = {"locked", EX_TEMPFAIL},
    [ERROR_BUSY] = {"busy", EX_TEMPFAIL},
};

static void one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

static void set(struct error *err, enum error_code code, const char *where, const char *text)
{
    if (!err || err->code != ERROR_NONE)
        return;
    err->code = code;
    snprintf(err->text, sizeof err->text, "%s", text);
    snprintf(err->where, sizeof err->where, "%s", where ? where : "");
    one_line(err->text);
    one_line(err->where);
}

bool error_set(struct error *err, enum error_code code, const char *where, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    set(err, code, where, text);
    return false;
}

bool error_set_errno(struct error *err, enum error_code code, const char *where, const char *format,
                     ...)
{
    int number = errno;
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size >= 0 && (size_t)size < sizeof text)
        snprintf(text + size, sizeof text - (size_t)size, ": %s", strerror(number));
    set(err, code, where, text);
    return false;
}

bool error_set_xapian(struct error *err, const char *where, const struct xap_error *xapian)
{
    static const enum error_code from_xapian[] = {
        [XAP_OK] = ERROR_INTERNAL,
        [XAP_INVALID_ARGUMENT] = ERROR_INTERNAL,
        [XAP_NOT_FOUND] = ERROR_NO_INPUT,
        [XAP_LOCKED] = ERROR_LOCKED,
        [XAP_MODIFIED] = ERROR_STALE,
        [XAP_CORRUPT] = ERROR_CORRUPT,
        [XAP_VERSION] = ERROR_VERSION,
        [XAP_OPENING] = ERROR_CORRUPT,
        [XAP_CREATING] = ERROR_CREATE,
        [XAP_CLOSED] = ERROR_INTERNAL,
        [XAP_LIMIT] = ERROR_LIMIT,
        [XAP_QUERY] = ERROR_INTERNAL,
        [XAP_UNIMPLEMENTED] = ERROR_INTERNAL,
        [XAP_DATABASE] = ERROR_IO,
        [XAP_NO_MEMORY] = ERROR_MEMORY,
        [XAP_INTERNAL] = ERROR_INTERNAL,
    };
    enum error_code code =
        (size_t)xapian->code < ARRAY_LEN(from_xapian) ? from_xapian[xapian->code] : ERROR_INTERNAL;
    set(err, code, where, xapian->text);
    return false;
}

void error_clear(struct error *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

int error_exit_status(enum error_code code)
{
    return (size_t)code < ARRAY_LEN(codes) ? codes[code].exit_status : EX_SOFTWARE;
}

const char *error_code_name(enum error_code code)
{
    return (size_t)code < ARRAY_LEN(codes) ? codes[code].name : "unknown";
}
