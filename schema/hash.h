/* hash.h: SHA-256 as hexadecimal text, by libcrypto. */
#ifndef SITREP_HASH_H
#define SITREP_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_ROOM       65
#define HASH_SHORT_ROOM 17

/* The SHA-256 of the bytes: 64 hex digits in lower case and a NUL. False, and 'out' is "",
 * only where libcrypto is out of memory. */
bool hash_text(const char *bytes, size_t size, char out[HASH_ROOM]);
/* Its first 64 bits: 16 hex digits and a NUL. */
bool hash_short(const char *bytes, size_t size, char out[HASH_SHORT_ROOM]);

#endif
