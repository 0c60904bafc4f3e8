#include "indexer/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_lists.h"
#include "indexer/pair_numbers.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/frequent_file.h"
#include "schema/limits.h"
#include "schema/packing.h"
#include "schema/tokenizer.h"
#include "schema/word_list.h"
#include "schema/word_stream.h"

#define LANGUAGES 16u

/* The words of the list have places, in byte order. */
struct places {
    const char *words[WORD_LIST_WORDS]; /* by place, lent by the list */
    uint16_t of[WORD_LIST_WORDS];       /* by number */
    int frequent[WORD_LIST_WORDS];      /* by place: its number in the frequent lists, or -1 */
};
_Static_assert(WORD_LIST_WORDS <= UINT16_MAX, "places of 16 bits");

/* How often the words of the list are in a report, by place: their terms are added once they are
 * counted, and in byte order, as a term finds its place in Xapian's tree sooner as the last one. */
struct listed {
    struct occurrences {
        uint32_t text, title;
    } of[WORD_LIST_WORDS];
    uint64_t met[(WORD_LIST_WORDS + 63) / 64]; /* a bit a place */
};

struct document_kit {
    struct language {
        char code[8];
        const char *stems; /* what their terms have as their language */
        struct xap_stemmer *stemmer;
        struct buffer terms; /* of stems of the list's words, found so far */
        struct stem_place {
            uint32_t at;            /* in 'terms', plus one; 0 for unknown */
            int frequent;           /* its number in the frequent lists, or -1 */
        } stem_of[WORD_LIST_WORDS]; /* by place */
    } languages[LANGUAGES];
    size_t language_count;
    struct packing *packing;
    struct word_list *words;
    struct frequent_lists *frequent; /* borrowed */
    struct places places;
    struct pair_numbers pairs; /* in the lists */
    /* Of the report in the making: */
    struct word_stream stream; /* its memory is kept */
    struct buffer text;
    struct listed listed; /* all zero between reports */
};

/* Where the words of a text go. Members of one document in the making. */
struct target {
    struct xap_document *doc;
    struct language *language;
    const struct word_list *words;
    const struct places *places;
    struct frequent_lists *frequent;
    const struct pair_numbers *pairs;
    struct word_stream *stream;
    struct listed *listed;
    int before; /* the last word of the text, by its number, or -1 */
    struct xap_error failure;
};

enum where { IN_TEXT = 1, IN_TITLE = 2 };

bool document_kit_new(const char *dictionary, size_t size, struct document_kit **out,
                      struct error *err)
{
    struct document_kit *kit = calloc(1, sizeof *kit);
    if (!kit)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!packing_new(dictionary, size, &kit->packing, err) ||
        !word_list_new("", &kit->words, err)) {
        document_kit_free(kit);
        return false;
    }
    *out = kit;
    return true;
}

static void forget_language(struct document_kit *kit)
{
    struct language *language = &kit->languages[--kit->language_count];
    xap_stemmer_free(language->stemmer);
    buffer_free(&language->terms);
    memset(language, 0, sizeof *language);
}

static int by_bytes(const void *a, const void *b, void *list)
{
    const uint16_t *left = a, *right = b;
    return strcmp(word_list_word(list, *left), word_list_word(list, *right));
}

static void find_places(struct word_list *list, const struct frequent_lists *frequent,
                        struct places *out)
{
    uint16_t numbers[WORD_LIST_WORDS];
    size_t count = word_list_count(list);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (uint16_t)i;
    qsort_r(numbers, count, sizeof numbers[0], by_bytes, list);
    for (size_t i = 0; i < count; i++) {
        out->words[i] = word_list_word(list, numbers[i]);
        out->of[numbers[i]] = (uint16_t)i;
        out->frequent[i] = frequent_lists_number(frequent, out->words[i]);
    }
}

bool document_kit_set_words(struct document_kit *kit, const char *words,
                            struct frequent_lists *frequent, struct error *err)
{
    struct word_list *list;
    if (!word_list_new(words, &list, err))
        return false;
    word_list_free(kit->words);
    kit->words = list;
    while (kit->language_count > 0) /* they have terms by place */
        forget_language(kit);
    kit->frequent = frequent;
    pair_numbers_clear(&kit->pairs);
    if (frequent && !pair_numbers_init(&kit->pairs, frequent))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    find_places(list, frequent, &kit->places);
    return true;
}

bool document_kit_of(const char *database, struct document_kit **out, struct error *err)
{
    struct document_kit *kit = NULL;
    struct xap_error fault = {0};
    struct xap_db *db = NULL;
    char *dictionary = NULL, *words = NULL;
    size_t size = 0;
    bool ok = (xap_db_open(database, &db, &fault) &&
               xap_db_metadata(db, PACKING_KEY, &dictionary, &size, &fault) &&
               xap_db_metadata(db, WORD_LIST_KEY, &words, NULL, &fault)) ||
              error_set_xapian(err, database, &fault);
    ok = ok && document_kit_new(dictionary, size, &kit, err) &&
         document_kit_set_words(kit, words, NULL, err);
    free(words);
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
    while (kit->language_count > 0)
        forget_language(kit);
    packing_free(kit->packing);
    word_list_free(kit->words);
    pair_numbers_clear(&kit->pairs);
    buffer_free(&kit->stream.bytes);
    buffer_free(&kit->text);
    free(kit);
}

/* A language with its stemmer; one that leaves words alone where Snowball has none. */
static bool find_language(struct document_kit *kit, const char *code, struct language **out,
                          struct xap_error *err)
{
    for (size_t i = 0; i < kit->language_count; i++)
        if (strcmp(kit->languages[i].code, code) == 0) {
            *out = &kit->languages[i];
            return true;
        }
    if (kit->language_count == LANGUAGES)
        forget_language(kit); /* the one made last */
    struct language *language = &kit->languages[kit->language_count];
    bool has_stemmer = xap_stemmer_new(code, &language->stemmer, NULL);
    if (!has_stemmer && !xap_stemmer_new(STEMS_NONE, &language->stemmer, err))
        return false;
    strncpy(language->code, code, sizeof language->code - 1);
    language->stems = has_stemmer ? language->code : STEMS_NONE;
    kit->language_count++;
    *out = language;
    return true;
}

/* ---- terms of words ------------------------------------------------------ */

/* A term that has number 'frequent' in the lists there; -1: it goes into the document. */
static bool add_numbered(struct target *target, int frequent, const char *term, uint32_t wdf)
{
    if (frequent < 0)
        return xap_document_add_term(target->doc, term, wdf, &target->failure);
    frequent_lists_count(target->frequent, frequent, wdf);
    return true;
}

static bool add_term(struct target *target, const char *term, uint32_t wdf)
{
    return add_numbered(target, frequent_lists_number(target->frequent, term), term, wdf);
}

static bool add_rare_pair(struct target *target, int first, int second)
{
    char term[PAIR_TERM_ROOM];
    word_list_pair_class(first, second, term);
    return add_numbered(target, -1, term, 0);
}

/* Without lists it is not known which of its two terms will be asked for. */
static bool add_unlisted_pair(struct target *target, int first, int second)
{
    char term[PAIR_TERM_ROOM];
    word_list_pair(first, second, term);
    return add_numbered(target, -1, term, 0) && add_rare_pair(target, first, second);
}

/* Of the word before and this one, where both are frequent. */
static bool add_pair(struct target *target, int number)
{
    int before = target->before;
    target->before = number;
    if (!word_list_makes_pair(target->words, before, number))
        return true;
    if (!target->frequent)
        return add_unlisted_pair(target, before, number);
    int listed = pair_numbers_find(target->pairs, before, number);
    if (listed < 0)
        return add_rare_pair(target, before, number);
    frequent_lists_count(target->frequent, listed, 0);
    return true;
}

/* The term of a word's stem; false, 'failure' set, where it cannot be made. */
static bool stem_term(struct target *target, enum field_id field, const char *word, size_t size,
                      char out[FIELD_TERM_ROOM])
{
    const struct language *language = target->language;
    char stem[LIMIT_WORD_BYTES + 64];
    size_t stem_size;
    if (!xap_stemmer_stem(language->stemmer, word, size, stem, sizeof stem, &stem_size,
                          &target->failure))
        return false;
    field_stem_term(&fields[field], language->stems, stem, stem_size, out);
    return true;
}

/* Of a word that is not in the list, and so not among the frequent ones (frequent_choice.h). */
static bool add_text_terms(struct target *target, const char *word, size_t size)
{
    char term[FIELD_TERM_ROOM];
    return add_numbered(target, -1, word, 1) && stem_term(target, FIELD_TEXT, word, size, term) &&
           add_term(target, term, 1);
}

static bool add_title_terms(struct target *target, const char *word, size_t size, uint32_t count)
{
    char term[FIELD_TERM_ROOM];
    field_term(&fields[FIELD_TITLE], word, size, term);
    return add_term(target, term, count) && stem_term(target, FIELD_TITLE, word, size, term) &&
           add_term(target, term, count);
}

/* ---- terms of the list's words ------------------------------------------- */

static void count_listed(struct listed *listed, size_t place, unsigned where)
{
    listed->met[place / 64] |= UINT64_C(1) << place % 64;
    listed->of[place].text += (where & IN_TEXT) != 0;
    listed->of[place].title += (where & IN_TITLE) != 0;
}

/* Finds the term of a listed word's stem; NULL where it cannot be made. */
static const struct stem_place *recall_stem(struct target *target, size_t place)
{
    struct language *language = target->language;
    struct stem_place *stem = &language->stem_of[place];
    const char *word = target->places->words[place];
    char term[FIELD_TERM_ROOM];
    if (stem->at == 0) {
        size_t at = language->terms.size;
        if (!stem_term(target, FIELD_TEXT, word, strlen(word), term))
            return NULL;
        buffer_append(&language->terms, term, strlen(term) + 1);
        if (language->terms.failed) {
            target->failure = (struct xap_error){.code = XAP_NO_MEMORY, .text = "out of memory"};
            return NULL;
        }
        *stem =
            (struct stem_place){(uint32_t)at + 1, frequent_lists_number(target->frequent, term)};
    }
    return stem;
}

static bool add_listed_title(struct target *target, size_t place)
{
    const char *word = target->places->words[place];
    uint32_t count = target->listed->of[place].title;
    return count == 0 || add_title_terms(target, word, strlen(word), count);
}

static bool add_listed_stem(struct target *target, size_t place)
{
    uint32_t count = target->listed->of[place].text;
    const struct stem_place *stem = count > 0 ? recall_stem(target, place) : NULL;
    return count == 0 ||
           (stem && add_numbered(target, stem->frequent,
                                 target->language->terms.bytes + stem->at - 1, count));
}

static bool add_listed_word(struct target *target, size_t place)
{
    uint32_t count = target->listed->of[place].text;
    return count == 0 || add_numbered(target, target->places->frequent[place],
                                      target->places->words[place], count);
}

static bool clear_listed(struct target *target, size_t place)
{
    target->listed->of[place] = (struct occurrences){0};
    return true;
}

/* For each that was met, by place. */
static bool each_listed(struct target *target, bool (*step)(struct target *target, size_t place))
{
    const struct listed *listed = target->listed;
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(listed->met); i++)
        for (uint64_t left = listed->met[i]; ok && left != 0; left &= left - 1)
            ok = step(target, 64 * i + (size_t)__builtin_ctzll(left));
    return ok;
}

/* Leaves nothing counted, whatever happens. */
static bool add_listed(struct target *target)
{
    bool ok = each_listed(target, add_listed_title) && each_listed(target, add_listed_stem) &&
              each_listed(target, add_listed_word);
    each_listed(target, clear_listed);
    memset(target->listed->met, 0, sizeof target->listed->met);
    return ok;
}

static bool add_word(struct target *target, const struct token *token, unsigned where)
{
    int number = word_list_number(target->words, token->folded);
    if (target->frequent && number >= 0 && target->before >= 0)
        pair_numbers_expect(target->pairs, target->before, number);
    word_stream_add(target->stream, number, token->folded, token->size);
    if (number >= 0)
        count_listed(target->listed, target->places->of[number], where);
    else if (((where & IN_TEXT) && !add_text_terms(target, token->folded, token->size)) ||
             ((where & IN_TITLE) && !add_title_terms(target, token->folded, token->size, 1)))
        return false;
    return !(where & IN_TEXT) || add_pair(target, number);
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
    word_stream_gap(target->stream);
    target->before = -1;
    return ok;
}

static bool add_parts(struct target *target, const struct report *report)
{
    size_t size = report->body_size;
    size_t faq = report->faq_begin < size ? report->faq_begin : size;
    size_t sources = report->sources_begin < size ? report->sources_begin : size;
    size_t first = faq < sources ? faq : sources, second = faq < sources ? sources : faq;
    const char *body = report->body;
    if (!add_words(target, report->title, strlen(report->title),
                   report->title_derived ? IN_TITLE : IN_TITLE | IN_TEXT))
        return false;
    word_stream_end_title(target->stream);
    return add_words(target, body, first, IN_TEXT) &&
           add_words(target, body + first, second - first, IN_TEXT) &&
           add_words(target, body + second, size - second, IN_TEXT);
}

/* What went past the document still counts in its length. */
static bool add_rest(struct target *target)
{
    uint32_t length = frequent_lists_length(target->frequent);
    return length == 0 ||
           xap_document_add_term(target->doc, FREQUENT_REST_TERM, length, &target->failure);
}

static bool add_text(struct target *target, const struct report *report)
{
    bool ok = add_parts(target, report);
    return add_listed(target) && ok && add_rest(target);
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

static bool pack(struct document_kit *kit, const struct report *report, struct error *err)
{
    char *plain;
    size_t size;
    if (!report_encode(report, &plain, &size, err))
        return false;
    bool ok = packing_pack(kit->packing, plain, size, &kit->text, err);
    free(plain);
    return ok;
}

static bool check_tags(const struct report *report, struct error *err)
{
    const struct {
        enum field_id field;
        size_t count;
    } rows[] = {{FIELD_ACTOR, report->actor_count},
                {FIELD_REGION, report->region_count},
                {FIELD_MENTIONED, report->mentioned_count}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].count > LIMIT_TAGS)
            return error_set(err, ERROR_LIMIT, report->id,
                             "has %zu values of '%s', and a report can have %u: split the report",
                             rows[i].count, fields[rows[i].field].name, LIMIT_TAGS);
    return true;
}

bool document_make(struct document_kit *kit, const struct report *report,
                   const unsigned char hash[SPOOL_HASH_BYTES], struct xap_document **out,
                   struct error *err)
{
    struct target target = {.words = kit->words,
                            .places = &kit->places,
                            .frequent = kit->frequent,
                            .pairs = &kit->pairs,
                            .stream = &kit->stream,
                            .listed = &kit->listed,
                            .before = -1};
    if (!check_tags(report, err))
        return false;
    frequent_lists_drop(kit->frequent);
    const char *code = report->language ? report->language : STEMS_ENGLISH;
    word_stream_start(target.stream, !report->title_derived);
    bool ok = find_language(kit, code, &target.language, &target.failure) &&
              xap_document_new(&target.doc, &target.failure) && add_text(&target, report) &&
              add_tags(&target, report) && add_values(&target, report, hash) &&
              pack(kit, report, err);
    if (ok && kit->stream.bytes.failed)
        ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok) {
        *out = target.doc;
        return true;
    }
    xap_document_free(target.doc);
    if (target.failure.code != XAP_OK)
        error_set_xapian(err, report->id, &target.failure);
    return false;
}

const struct buffer *document_words(const struct document_kit *kit)
{
    return &kit->stream.bytes;
}

const struct buffer *document_text(const struct document_kit *kit)
{
    return &kit->text;
}

bool document_embed(const struct document_kit *kit, struct xap_document *doc, struct xap_error *err)
{
    const struct buffer *words = document_words(kit), *text = document_text(kit);
    return xap_document_add_value(doc, SLOT_WORDS, words->bytes, words->size, err) &&
           xap_document_set_data(doc, text->bytes, text->size, err);
}

bool document_is_to_blame(enum error_code code)
{
    return code == ERROR_DATA || code == ERROR_LIMIT || code == ERROR_INTERNAL;
}

bool document_has_hash(const struct xap_db *db, uint32_t docid,
                       const unsigned char hash[SPOOL_HASH_BYTES], bool *same,
                       struct xap_error *err)
{
    struct xap_document *doc = NULL;
    char *value = NULL;
    size_t size = 0;
    bool ok = xap_db_document(db, docid, &doc, err) &&
              xap_document_value(doc, DOCUMENT_HASH_SLOT, &value, &size, err);
    *same = ok && size == SPOOL_HASH_BYTES && memcmp(value, hash, size) == 0;
    free(value);
    xap_document_free(doc);
    return ok;
}

void document_id_term(const char *id, char out[FIELD_TERM_ROOM])
{
    field_term(&fields[FIELD_ID], id, strlen(id), out);
}
