#include "search/stems.h"

#include <stdio.h>
#include <string.h>

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

/* 'count' of the stems where there is none for the language. */
static size_t find_language(const struct stems *stems, const char *language)
{
    size_t i = 0;
    while (i < stems->count && strcmp(stems->languages[i], language) != 0)
        i++;
    return i;
}

struct xap_stemmer *stems_for(const struct stems *stems, const char *language)
{
    size_t number = find_language(stems, language ? language : STEMS_ENGLISH);
    return number < stems->count ? stems->stemmers[number] : NULL;
}

size_t stems_number(const struct stems *stems, const char *language)
{
    size_t number = find_language(stems, language ? language : STEMS_ENGLISH);
    return number < stems->count ? number : find_language(stems, STEMS_NONE);
}

bool stems_term(const struct stems *stems, size_t number, const char *word,
                char out[FIELD_TERM_ROOM], struct error *err)
{
    struct xap_error xapian = {0};
    char stem[STEM_ROOM];
    size_t size;
    if (!xap_stemmer_stem(stems->stemmers[number], word, strlen(word), stem, sizeof stem, &size,
                          &xapian))
        return error_set_xapian(err, NULL, &xapian);
    field_stem_term(&fields[FIELD_TEXT], stems->languages[number], stem, size, out);
    return true;
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
