#include "fcgi/request.h"

#include <stdlib.h>
#include <string.h>

#include "schema/limits.h"
#include "schema/tokenizer.h"

/* The value of a variable of the environment, "" where it is absent. */
static const char *find(char *const *environment, const char *name)
{
    size_t size = strlen(name);

    for (; *environment; environment++)
        if (!strncmp(*environment, name, size) && (*environment)[size] == '=')
            return *environment + size + 1;
    return "";
}

bool request_read(char *const *environment, struct request *out, struct error *err)
{
    const char *uri = find(environment, "REQUEST_URI");
    size_t path_size = strcspn(uri, "?#");
    const char *query = uri[path_size] == '?' ? uri + path_size + 1 : "";

    *out = (struct request){
        .method = strdup(find(environment, "REQUEST_METHOD")),
        .path = strndup(uri, path_size),
        .query = strdup(query),
        .accept = strdup(find(environment, "HTTP_ACCEPT")),
        .if_none_match = strdup(find(environment, "HTTP_IF_NONE_MATCH")),
    };
    if (!out->method || !out->path || !out->query || !out->accept || !out->if_none_match)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    if (!*out->method || out->path[0] != '/')
        return error_set(err, ERROR_DATA, "", "the request has no method or no path");
    if (strlen(uri) > LIMIT_REQUEST_BYTES)
        return error_set(err, ERROR_LIMIT, "", "path and query string have at most %u bytes",
                         LIMIT_REQUEST_BYTES);
    return true;
}

void request_clear(struct request *request)
{
    free(request->method);
    free(request->path);
    free(request->query);
    free(request->accept);
    free(request->if_none_match);
    *request = (struct request){0};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool request_decode(const char *text, size_t size, char **out, struct error *err)
{
    char *decoded = malloc(size + 1);
    size_t used = 0;

    if (!decoded)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    for (size_t i = 0; i < size; i++) {
        int byte = (unsigned char)text[i];
        if (text[i] == '%') {
            int high = i + 1 < size ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < size ? hex_value(text[i + 2]) : -1;
            byte = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        }
        if (byte == 0) {
            free(decoded);
            return error_set(err, ERROR_USAGE, "path",
                             "a percent escape is broken or stands for NUL");
        }
        decoded[used++] = (char)byte;
    }
    decoded[used] = '\0';
    if (!text_is_utf8(decoded, used)) {
        free(decoded);
        return error_set(err, ERROR_USAGE, "path", "the path is not UTF-8");
    }
    *out = decoded;
    return true;
}

char *request_parameter(const struct request *request, const char *name)
{
    size_t name_size = strlen(name);
    char *value = NULL;

    for (const char *at = request->query; *at; at += *at == '&') {
        size_t size = strcspn(at, "&");
        if (size > name_size && !strncmp(at, name, name_size) && at[name_size] == '=') {
            struct error err = {0};
            char *encoded = strndup(at + name_size + 1, size - name_size - 1);
            for (char *c = encoded; c && (c = strchr(c, '+')) != NULL;)
                *c = ' ';
            if (encoded)
                request_decode(encoded, strlen(encoded), &value, &err);
            free(encoded);
            return value;
        }
        at += size;
    }
    return NULL;
}
