#include "fcgi/etag.h"

#include <stdio.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/hash.h"

bool etag_make(const char *snapshot, const char *version, const char *canonical,
               char out[ETAG_ROOM], struct error *err)
{
    char hash[HASH_SHORT_ROOM];
    struct buffer key = {0};

    buffer_format(&key, "%s\n%s\n%s\n%s", SITREP_VERSION, snapshot, version, canonical);
    bool ok = !key.failed && hash_short(key.bytes, key.size, hash);
    buffer_free(&key);
    if (!ok)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    snprintf(out, ETAG_ROOM, "W/\"%s\"", hash);
    return true;
}

bool etag_matches(const char *if_none_match, const char *tag)
{
    const char *opaque = strchr(tag, '"');

    while (*if_none_match == ' ')
        if_none_match++;
    /* Quotes are part of what is looked for, so that no tag is found inside another. */
    return !strcmp(if_none_match, "*") || (opaque && strstr(if_none_match, opaque));
}
