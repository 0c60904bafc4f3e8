#include "fcgi/environment.h"

#include <fastcgi.h>
#include <string.h>

/* A record in the bytes that are there. */
struct record {
    unsigned type, request;
    const unsigned char *content;
    size_t size;
};

/* Bytes that are not read yet. */
struct rest {
    const unsigned char *at;
    size_t size;
};

static void skip(struct rest *rest, size_t size)
{
    rest->at += size;
    rest->size -= size;
}

static bool next_record(struct rest *rest, struct record *out)
{
    const unsigned char *at = rest->at;

    if (rest->size < FCGI_HEADER_LEN || at[0] != FCGI_VERSION_1)
        return false;
    *out = (struct record){.type = at[1],
                           .request = (unsigned)at[2] << 8 | at[3],
                           .content = at + FCGI_HEADER_LEN,
                           .size = (size_t)at[4] << 8 | at[5]};
    size_t padding = at[6];
    skip(rest, FCGI_HEADER_LEN);
    if (rest->size < out->size + padding)
        return false;
    skip(rest, out->size + padding);
    return true;
}

/* Moves the content of all records of parameters to the front of the bytes. */
static bool gather(unsigned char *bytes, size_t size, size_t *gathered)
{
    struct rest rest = {bytes, size};
    struct record begin, record;

    *gathered = 0;
    if (!next_record(&rest, &begin) || begin.type != FCGI_BEGIN_REQUEST ||
        begin.request == FCGI_NULL_REQUEST_ID)
        return false;
    do {
        if (!next_record(&rest, &record) || record.type != FCGI_PARAMS ||
            record.request != begin.request)
            return false;
        memmove(bytes + *gathered, record.content, record.size);
        *gathered += record.size;
    } while (record.size > 0);
    return true;
}

/* One byte, or four with the highest bit set. */
static bool next_length(struct rest *rest, size_t *out)
{
    if (rest->size < 1)
        return false;
    size_t bytes = rest->at[0] & 0x80 ? 4 : 1;
    if (rest->size < bytes)
        return false;
    *out = rest->at[0] & 0x7f;
    for (size_t i = 1; i < bytes; i++)
        *out = *out << 8 | rest->at[i];
    skip(rest, bytes);
    return true;
}

bool environment_read(unsigned char *bytes, size_t size, char *variables[ENVIRONMENT_ROOM])
{
    size_t gathered, count = 0, name, value;

    if (!gather(bytes, size, &gathered))
        return false;
    struct rest rest = {bytes, gathered};
    char *to = (char *)bytes;
    while (rest.size > 0) {
        if (count + 1 == ENVIRONMENT_ROOM || !next_length(&rest, &name) ||
            !next_length(&rest, &value) || rest.size < name || rest.size - name < value)
            return false;
        /* '=' and NUL take no more room than the lengths, which were read. */
        variables[count++] = to;
        memmove(to, rest.at, name);
        to[name] = '=';
        memmove(to + name + 1, rest.at + name, value);
        to[name + 1 + value] = '\0';
        to += name + value + 2;
        skip(&rest, name + value);
    }
    variables[count] = NULL;
    return true;
}
