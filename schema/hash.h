/* hash.h: SHA-256 as hexadecimal text, by libcrypto. */
#ifndef SITREP_HASH_H
#define SITREP_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_ROOM       65
#define HASH_SHORT_ROOM 17

/* A hash of bytes that come in parts: start, add each part, finish. A run of calls needs one
 * check, at its end. */
struct hash {
    void *digest; /* libcrypto's; NULL once anything failed */
};

void hash_start(struct hash *hash);
void hash_add(struct hash *hash, const char *bytes, size_t size);
/* The SHA-256 of what was added, as hash_text has it; frees what the hash took. */
bool hash_finish(struct hash *hash, char out[HASH_ROOM]);

/* The SHA-256 of the bytes: 64 hex digits in lower case and a NUL. False, and 'out' is "",
 * only where libcrypto is out of memory. */
bool hash_text(const char *bytes, size_t size, char out[HASH_ROOM]);
/* Its first 64 bits: 16 hex digits and a NUL. */
bool hash_short(const char *bytes, size_t size, char out[HASH_SHORT_ROOM]);

#endif
