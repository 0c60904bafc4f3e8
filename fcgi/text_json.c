#include "fcgi/text_json.h"

#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"

json_t *text_json_bytes(const char *bytes, size_t size)
{
    json_t *json = json_stringn(bytes, size);
    size_t clean_size;

    if (json)
        return json;
    char *clean = text_clean(bytes, size, &clean_size, NULL);
    json = clean ? json_stringn(clean, clean_size) : NULL;
    free(clean);
    return json;
}

json_t *text_json(const char *text)
{
    return text ? text_json_bytes(text, strlen(text)) : json_null();
}
