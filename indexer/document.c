#include "indexer/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/packing.h"
#include "schema/pairs.h"
#include "schema/tokenizer.h"

#define LANGUAGES        16u
#define DEFAULT_LANGUAGE "en"

struct document_kit {
    struct language {
        char code[8];
        struct xap_stemmer *stemmer;
    } languages[LANGUAGES];
    size_t language_count;
    struct packing *packing;
    struct pairs *pairs; /* NULL for none */
};

/* Where the words of a text go. Members of one document in the making. */
struct target {
    struct xap_document *doc;
    struct xap_stemmer *stemmer;
    const struct pairs *pairs;
    int before;        /* the last word among the pairs' words, or -1 */
    uint32_t position; /* of the last word */
    uint32_t title_position;
    struct xap_error failure;
};

enum where { IN_TEXT = 1, IN_TITLE = 2 };

bool document_kit_new(const char *dictionary, size_t size, struct document_kit **out,
                      struct error *err)
{
    struct document_kit *kit = calloc(1, sizeof *kit);
    if (!kit)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!packing_new(dictionary, size, &kit->packing, err)) {
        free(kit);
        return false;
    }
    *out = kit;
    return true;
}

bool document_kit_set_pairs(struct document_kit *kit, const char *words, struct error *err)
{
    struct pairs *pairs;
    if (!pairs_new(words, &pairs, err))
        return false;
    pairs_free(kit->pairs);
    kit->pairs = pairs;
    return true;
}

bool document_kit_of(const char *database, struct document_kit **out, struct error *err)
{
    struct document_kit *kit = NULL;
    struct xap_error fault = {0};
    struct xap_db *db = NULL;
    char *dictionary = NULL, *pair_words = NULL;
    size_t size = 0;
    bool ok = (xap_db_open(database, &db, &fault) &&
               xap_db_metadata(db, PACKING_KEY, &dictionary, &size, &fault) &&
               xap_db_metadata(db, PAIRS_KEY, &pair_words, NULL, &fault)) ||
              error_set_xapian(err, database, &fault);
    ok = ok && document_kit_new(dictionary, size, &kit, err) &&
         document_kit_set_pairs(kit, pair_words, err);
    free(pair_words);
    free(dictionary);
    xap_db_close(db);
    if (ok)
        *out = kit;
    else
        document_kit_free(kit);
    return ok;
}

void document_kit_free(struct document_kit *kit)
{
    if (!kit)
        return;
    for (size_t i = 0; i < kit->language_count; i++)
        xap_stemmer_free(kit->languages[i].stemmer);
    packing_free(kit->packing);
    pairs_free(kit->pairs);
    free(kit);
}

/* The stemmer for a language; one that leaves words alone where Snowball has none. */
static bool find_stemmer(struct document_kit *kit, const char *code, struct xap_stemmer **out,
                         struct xap_error *err)
{
    for (size_t i = 0; i < kit->language_count; i++)
        if (strcmp(kit->languages[i].code, code) == 0) {
            *out = kit->languages[i].stemmer;
            return true;
        }
    if (kit->language_count == LANGUAGES) /* forget the one made last */
        xap_stemmer_free(kit->languages[--kit->language_count].stemmer);
    struct language *language = &kit->languages[kit->language_count];
    if (!xap_stemmer_new(code, &language->stemmer, NULL) &&
        !xap_stemmer_new("none", &language->stemmer, err))
        return false;
    strncpy(language->code, code, sizeof language->code - 1);
    kit->language_count++;
    *out = language->stemmer;
    return true;
}

/* Of the word before and this one, where both are frequent. */
static bool add_pair(struct target *target, const char *word)
{
    char term[PAIRS_TERM_ROOM];
    int first = target->before, second = pairs_number(target->pairs, word);
    target->before = second;
    if (first < 0 || second < 0)
        return true;
    pairs_term(first, second, term);
    return xap_document_add_term(target->doc, term, 0, &target->failure);
}

static bool add_word(struct target *target, const struct token *token, unsigned where)
{
    struct xap_error *err = &target->failure;
    char stem[LIMIT_WORD_BYTES + 64], term[FIELD_TERM_ROOM];
    size_t size;
    if (!xap_stemmer_stem(target->stemmer, token->folded, token->size, stem, sizeof stem, &size,
                          err))
        return false;
    if (where & IN_TEXT) {
        field_stem_term(&fields[FIELD_TEXT], stem, size, term);
        if (!xap_document_add_posting(target->doc, token->folded, ++target->position, 1, err) ||
            !xap_document_add_term(target->doc, term, 1, err) || !add_pair(target, token->folded))
            return false;
    }
    if (where & IN_TITLE) {
        field_term(&fields[FIELD_TITLE], token->folded, token->size, term);
        if (!xap_document_add_posting(target->doc, term, ++target->title_position, 1, err))
            return false;
        field_stem_term(&fields[FIELD_TITLE], stem, size, term);
        if (!xap_document_add_term(target->doc, term, 1, err))
            return false;
    }
    return true;
}

static bool add_words(struct target *target, const char *text, size_t size, unsigned where)
{
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_start(&tokenizer, text, size);
    bool ok = true;
    while (ok && tokenizer_next(&tokenizer, &token))
        ok = add_word(target, &token, where);
    tokenizer_end(&tokenizer);
    target->position += DOCUMENT_GAP;
    target->before = -1;
    return ok;
}

static bool add_text(struct target *target, const struct report *report)
{
    size_t size = report->body_size;
    size_t faq = report->faq_begin < size ? report->faq_begin : size;
    size_t sources = report->sources_begin < size ? report->sources_begin : size;
    size_t first = faq < sources ? faq : sources, second = faq < sources ? sources : faq;
    const char *body = report->body;
    return add_words(target, report->title, strlen(report->title),
                     report->title_derived ? IN_TITLE : IN_TITLE | IN_TEXT) &&
           add_words(target, body, first, IN_TEXT) &&
           add_words(target, body + first, second - first, IN_TEXT) &&
           add_words(target, body + second, size - second, IN_TEXT);
}

static bool add_value_term(struct target *target, enum field_id field, const char *value)
{
    char term[FIELD_TERM_ROOM];
    if (!value || !*value)
        return true;
    field_term(&fields[field], value, strlen(value), term);
    return xap_document_add_term(target->doc, term, 0, &target->failure);
}

static bool add_tags(struct target *target, const struct report *report)
{
    for (size_t i = 0; i < report->actor_count; i++)
        if (!add_value_term(target, FIELD_ACTOR, report->actors[i]))
            return false;
    for (size_t i = 0; i < report->region_count; i++)
        if (!add_value_term(target, FIELD_REGION, report->regions[i]))
            return false;
    for (size_t i = 0; i < report->mentioned_count; i++)
        if (!add_value_term(target, FIELD_MENTIONED, report->mentioned[i]))
            return false;
    return add_value_term(target, FIELD_ID, report->id) &&
           add_value_term(target, FIELD_SOURCE, report->source) &&
           add_value_term(target, FIELD_LANGUAGE, report->language) &&
           add_value_term(target, FIELD_SAME, report->same);
}

static bool add_values(struct target *target, const struct report *report,
                       const unsigned char hash[SPOOL_HASH_BYTES])
{
    char day[DAY_VALUE_ROOM];
    if (report->day != DAY_NONE &&
        !xap_document_add_value(target->doc, SLOT_DATE, day_to_value(report->day, day),
                                DAY_VALUE_ROOM - 1, &target->failure))
        return false;
    return xap_document_add_value(target->doc, DOCUMENT_HASH_SLOT, (const char *)hash,
                                  SPOOL_HASH_BYTES, &target->failure);
}

static bool set_data(struct target *target, struct packing *packing, const struct report *report,
                     struct error *err)
{
    char *plain, *data = NULL;
    size_t size;
    if (!report_encode(report, &plain, &size, err))
        return false;
    bool ok = packing_pack(packing, plain, size, &data, &size, err) &&
              xap_document_set_data(target->doc, data, size, &target->failure);
    free(data);
    free(plain);
    return ok;
}

bool document_make(struct document_kit *kit, const struct report *report,
                   const unsigned char hash[SPOOL_HASH_BYTES], struct xap_document **out,
                   struct error *err)
{
    struct target target = {.pairs = kit->pairs, .before = -1};
    const char *code = report->language ? report->language : DEFAULT_LANGUAGE;
    bool ok = find_stemmer(kit, code, &target.stemmer, &target.failure) &&
              xap_document_new(&target.doc, &target.failure) && add_text(&target, report) &&
              add_tags(&target, report) && add_values(&target, report, hash) &&
              set_data(&target, kit->packing, report, err);
    if (ok) {
        *out = target.doc;
        return true;
    }
    xap_document_free(target.doc);
    if (target.failure.code != XAP_OK)
        error_set_xapian(err, report->id, &target.failure);
    return false;
}

bool document_is_to_blame(enum error_code code)
{
    return code == ERROR_DATA || code == ERROR_LIMIT || code == ERROR_INTERNAL;
}

void document_id_term(const char *id, char out[FIELD_TERM_ROOM])
{
    field_term(&fields[FIELD_ID], id, strlen(id), out);
}
