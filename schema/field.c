#include "schema/field.h"

#include <string.h>

#include "schema/buffer.h"
#include "schema/hash.h"
#include "schema/tokenizer.h"
#include "xapian/xap.h"

_Static_assert(FIELD_TERM_ROOM == XAP_TERM_MAX + 1, "a term and its NUL");

const struct field fields[FIELD_COUNT] = {
    [FIELD_TEXT] = {.id = FIELD_TEXT,
                    .name = "text",
                    .kind = FIELD_WORDS,
                    .prefix = "",
                    .slot = FIELD_NO_SLOT,
                    .is_multi = true,
                    .help = "words of the title and the text",
                    .example = "text:ceasefire"},
    [FIELD_TITLE] = {.id = FIELD_TITLE,
                     .name = "title",
                     .kind = FIELD_WORDS,
                     .prefix = "S",
                     .slot = FIELD_NO_SLOT,
                     .is_multi = true,
                     .help = "words of the title",
                     .example = "title:ceasefire"},
    [FIELD_ID] = {.id = FIELD_ID,
                  .name = "id",
                  .kind = FIELD_BOOLEAN,
                  .prefix = "Q",
                  .slot = FIELD_NO_SLOT,
                  .help = "one report, by its id",
                  .example = "id:3308f45e9b5cf787"},
    [FIELD_DATE] = {.id = FIELD_DATE,
                    .name = "date",
                    .kind = FIELD_DAY,
                    .prefix = "",
                    .slot = SLOT_DATE,
                    .is_facet = true,
                    .help = "the day of the report, or a span of days",
                    .example = "date:2023-08..2023-11"},
    [FIELD_ACTOR] = {.id = FIELD_ACTOR,
                     .name = "actor",
                     .kind = FIELD_BOOLEAN,
                     .prefix = "XA",
                     .slot = FIELD_NO_SLOT,
                     .is_facet = true,
                     .is_multi = true,
                     .help = "an actor that the report names",
                     .example = "actor:jnim"},
    [FIELD_REGION] = {.id = FIELD_REGION,
                      .name = "region",
                      .kind = FIELD_BOOLEAN,
                      .prefix = "XR",
                      .slot = FIELD_NO_SLOT,
                      .is_facet = true,
                      .is_multi = true,
                      .help = "a region that the report names, or one within it",
                      .example = "region:ML-7"},
    [FIELD_MENTIONED] = {.id = FIELD_MENTIONED,
                         .name = "mentioned",
                         .kind = FIELD_BOOLEAN,
                         .prefix = "XM",
                         .slot = FIELD_NO_SLOT,
                         .is_facet = true,
                         .is_multi = true,
                         .help = "a day, month or year that the text mentions, or one within it",
                         .example = "mentioned:2020-08"},
    [FIELD_SOURCE] = {.id = FIELD_SOURCE,
                      .name = "source",
                      .kind = FIELD_BOOLEAN,
                      .prefix = "H",
                      .slot = FIELD_NO_SLOT,
                      .is_facet = true,
                      .help = "where the report comes from",
                      .example = "source:un.org"},
    [FIELD_LANGUAGE] = {.id = FIELD_LANGUAGE,
                        .name = "lang",
                        .kind = FIELD_BOOLEAN,
                        .prefix = "L",
                        .slot = FIELD_NO_SLOT,
                        .is_facet = true,
                        .help = "the report's language, ISO 639-1",
                        .example = "lang:fr"},
    [FIELD_SAME] = {.id = FIELD_SAME,
                    .name = "same",
                    .kind = FIELD_BOOLEAN,
                    .prefix = "XS",
                    .slot = FIELD_NO_SLOT,
                    .help = "reports with nearly the same text, by the id of the earliest",
                    .example = "same:3308f45e9b5cf787"},
};

const struct field *field_find(const char *name, size_t size)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (strlen(fields[i].name) == size && memcmp(fields[i].name, name, size) == 0)
            return &fields[i];
    return NULL;
}

static size_t make_term(const char *prefix, const char *value, size_t size,
                        char out[FIELD_TERM_ROOM])
{
    size_t used = strlen(prefix), kept = size;
    memcpy(out, prefix, used);
    if (used > 1 && size > 0 && ((value[0] >= 'A' && value[0] <= 'Z') || value[0] == ':'))
        out[used++] = ':';
    size_t room = FIELD_TERM_ROOM - 1 - used;
    bool has_nul = size > 0 && memchr(value, '\0', size) != NULL;
    if (size > room || has_nul) {
        kept = has_nul ? strlen(value) : size;
        kept = text_cut(value, kept, room - (HASH_SHORT_ROOM - 1));
    }
    if (kept > 0)
        memcpy(out + used, value, kept);
    used += kept;
    if (kept < size) {
        if (!hash_short(value, size, out + used))
            return 0;
        used += HASH_SHORT_ROOM - 1;
    }
    out[used] = '\0';
    return used;
}

size_t field_term(const struct field *field, const char *value, size_t size,
                  char out[FIELD_TERM_ROOM])
{
    return make_term(field->prefix, value, size, out);
}

const char *field_term_value(const struct field *field, const char *term)
{
    size_t size = strlen(field->prefix);
    const char *value = term + size;
    return size > 1 && *value == ':' ? value + 1 : value;
}

size_t field_stem_term(const struct field *field, const char *language, const char *stem,
                       size_t size, char out[FIELD_TERM_ROOM])
{
    char prefix[24] = "Z";
    strncat(prefix, field->prefix, 4);
    if (strcmp(language, STEMS_ENGLISH) != 0)
        strcat(strncat(prefix, language, 16), ":");
    return make_term(prefix, stem, size, out);
}
