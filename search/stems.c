#include "search/stems.h"

#include <stdio.h>
#include <string.h>

#include "schema/field.h"

/* '*known' says whether there is a stemmer for the language. */
static bool add_language(struct stems *stems, const char *language, bool *known, struct error *err)
{
    struct xap_error xapian = {0};
    *known = true;
    if (stems->count == STEMS_MAX)
        return true;
    if (xap_stemmer_new(language, &stems->stemmers[stems->count], &xapian)) {
        snprintf(stems->languages[stems->count], sizeof stems->languages[0], "%s", language);
        stems->count++;
        return true;
    }
    *known = false;
    return xapian.code == XAP_INVALID_ARGUMENT || error_set_xapian(err, NULL, &xapian);
}

bool stems_load(const struct xap_db *db, struct stems *out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_terms *terms;
    const char *term;
    struct stems stems = {0};
    const struct field *field = &fields[FIELD_LANGUAGE];
    if (!xap_terms_open(db, field->prefix, &terms, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    /* Reports of unknown language are stemmed as English. */
    bool known, all_known = true, ok = add_language(&stems, STEMS_ENGLISH, &known, err);
    while (ok) {
        ok = xap_terms_next(terms, &term, NULL, &xapian) || error_set_xapian(err, NULL, &xapian);
        if (!ok || !term)
            break;
        const char *language = field_term_value(field, term);
        if (strcmp(language, STEMS_ENGLISH) != 0) {
            ok = add_language(&stems, language, &known, err);
            all_known &= known;
        }
    }
    if (ok && !all_known) /* their words are their own stems */
        ok = add_language(&stems, STEMS_NONE, &known, err);
    xap_terms_close(terms);
    if (ok)
        *out = stems;
    else
        stems_clear(&stems);
    return ok;
}

void stems_clear(struct stems *stems)
{
    while (stems->count)
        xap_stemmer_free(stems->stemmers[--stems->count]);
}

struct xap_stemmer *stems_for(const struct stems *stems, const char *language)
{
    for (size_t i = 0; i < stems->count; i++)
        if (strcmp(stems->languages[i], language ? language : STEMS_ENGLISH) == 0)
            return stems->stemmers[i];
    return NULL;
}

bool stems_of(const struct stems *stems, size_t number, const char *word,
              char out[STEMS_OF_WORD][STEM_ROOM], size_t *count, struct error *err)
{
    struct xap_error xapian = {0};
    size_t size = strlen(word);
    if (!xap_stemmer_stem(stems->stemmers[number], word, size, out[0], STEM_ROOM, NULL, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool itself = strcmp(stems->languages[number], STEMS_ENGLISH) != 0 && strcmp(out[0], word) != 0;
    if (itself)
        memcpy(out[1], word, size + 1);
    *count = 1 + itself;
    return true;
}
