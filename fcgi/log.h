/* log.h: what the server has to say, one event a line on standard error. The only
 * place of fcgi/ that prints; requests themselves are logged by nginx.
 */
#ifndef SITREP_LOG_H
#define SITREP_LOG_H

#include <stddef.h>

/* Writes "sitrep-fcgi: TEXT\n" in one write(2), so that lines of several processes do not
 * mix. Control bytes and bytes above ASCII come as \xNN, so a line cannot be forged. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The escaped form, for log_line and its test: at most 'room' bytes with the NUL; a text
 * too long ends in "...". */
void log_escape(const char *text, char *out, size_t room);

#endif
