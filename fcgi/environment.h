/* environment.h: what a web server says of a request, read from bytes that are there before libfcgi
 * reads them: enough to guess what the request will cost. A request of which more is not known is
 * answered all the same.
 */
#ifndef SITREP_ENVIRONMENT_H
#define SITREP_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#define ENVIRONMENT_ROOM 64 /* variables, with the NULL behind them */

/* Of the first bytes of a connection: its parameters (FastCGI 1.0, sections 3.3 to 5.2) as strings
 * "NAME=value", for request_read, with NULL behind them. The strings stand in 'bytes', which are
 * overwritten. False where the parameters are not wholly there, too many, or broken. */
bool environment_read(unsigned char *bytes, size_t size, char *variables[ENVIRONMENT_ROOM]);

#endif
