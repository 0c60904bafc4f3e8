#include "indexer/json_line.h"

#include <stdlib.h>

bool json_line_append(struct buffer *out, json_t *object_take, struct error *err)
{
    char *text = object_take ? json_dumps(object_take, JSON_COMPACT) : NULL;
    if (text) {
        buffer_text(out, text);
        buffer_char(out, '\n');
    }
    bool ok = text && !out->failed;
    free(text);
    json_decref(object_take);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}
