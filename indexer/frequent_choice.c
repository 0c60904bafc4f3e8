#include "indexer/frequent_choice.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/term_table.h"
#include "schema/word_list.h"

struct counted {
    unsigned reports;
    char term[];
};

struct frequent_choice {
    struct document_kit *kit;
    struct word_list *words;
    struct counted **terms;
    size_t count, room;
    struct term_table numbers; /* of the terms; with as much room */
    unsigned reports;
};

bool frequent_choice_new(const char *words, struct frequent_choice **out, struct error *err)
{
    struct frequent_choice *choice = calloc(1, sizeof *choice);
    if (!choice)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!document_kit_new(NULL, 0, &choice->kit, err) ||
        !document_kit_set_words(choice->kit, words, NULL, err) ||
        !word_list_new(words, &choice->words, err)) {
        frequent_choice_free(choice);
        return false;
    }
    *out = choice;
    return true;
}

/* Words as they are written, which no capital begins, must be in the list. */
static bool can_be_chosen(const struct frequent_choice *choice, const char *term)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].kind == FIELD_BOOLEAN &&
            strncmp(term, fields[i].prefix, strlen(fields[i].prefix)) == 0)
            return false;
    return (term[0] >= 'A' && term[0] <= 'Z') || word_list_number(choice->words, term) >= 0;
}

/* Room for one more, in the table too; false out of memory. */
static bool make_room(struct frequent_choice *choice)
{
    struct term_table numbers;
    size_t before = choice->room;
    if (!array_reserve(&choice->terms, &choice->room, choice->count + 1, sizeof choice->terms[0]))
        return false;
    if (choice->room == before)
        return true;
    if (!term_table_init(&numbers, choice->room)) {
        choice->room = before;
        return false;
    }
    for (size_t i = 0; i < choice->count; i++)
        term_table_add(&numbers, choice->terms[i]->term, (uint32_t)i);
    term_table_clear(&choice->numbers);
    choice->numbers = numbers;
    return true;
}

/* So many more reports have it. False out of memory. */
static bool count_term(struct frequent_choice *choice, const char *term, unsigned reports)
{
    uint32_t number;
    if (!make_room(choice))
        return false;
    if (term_table_find(&choice->numbers, term, &number)) {
        choice->terms[number]->reports += reports;
        return true;
    }
    size_t size = strlen(term) + 1;
    struct counted *counted = malloc(sizeof *counted + size);
    if (!counted)
        return false;
    counted->reports = reports;
    memcpy(counted->term, term, size);
    term_table_add(&choice->numbers, counted->term, (uint32_t)choice->count);
    choice->terms[choice->count++] = counted;
    return true;
}

static bool count_terms(struct frequent_choice *choice, const struct xap_document *document,
                        struct error *err)
{
    struct xap_error fault = {0};
    struct xap_terms *terms;
    const char *term;
    if (!xap_terms_open_document(document, "", &terms, &fault))
        return error_set_xapian(err, NULL, &fault);
    bool ok;
    while (
        (ok = xap_terms_next(terms, &term, NULL, &fault) || error_set_xapian(err, NULL, &fault)) &&
        term)
        if (can_be_chosen(choice, term) && !count_term(choice, term, 1)) {
            ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
            break;
        }
    xap_terms_close(terms);
    return ok;
}

bool frequent_choice_count(struct frequent_choice *choice, const struct report *report,
                           struct error *err)
{
    static const unsigned char hash[SPOOL_HASH_BYTES];
    struct xap_document *document = NULL;
    struct error fault = {0};
    if (!document_make(choice->kit, report, hash, &document, &fault))
        return document_is_to_blame(fault.code) ||
               error_set(err, fault.code, fault.where, "%s", fault.text);
    choice->reports++;
    bool ok = count_terms(choice, document, err);
    xap_document_free(document);
    return ok;
}

static int by_term(const void *a, const void *b)
{
    return strcmp((*(struct counted *const *)a)->term, (*(struct counted *const *)b)->term);
}

/* Those that so many reports have; '*count' says how many they are. */
static struct counted **find_chosen(const struct frequent_choice *choice, unsigned least,
                                    size_t *count)
{
    struct counted **chosen = malloc((choice->count + 1) * sizeof chosen[0]);
    *count = 0;
    for (size_t i = 0; chosen && i < choice->count; i++)
        if (choice->terms[i]->reports >= least)
            chosen[(*count)++] = choice->terms[i];
    return chosen;
}

/* The most frequent, if there are too many. */
char *frequent_choice_make(const struct frequent_choice *choice)
{
    struct buffer text = {0};
    size_t count;
    unsigned least = choice->reports / FREQUENT_CHOICE_ONE_IN;
    if (least < FREQUENT_CHOICE_LEAST)
        least = FREQUENT_CHOICE_LEAST;
    struct counted **chosen = find_chosen(choice, least, &count);
    while (chosen && count > FREQUENT_CHOICE_TERMS) {
        free(chosen);
        chosen = find_chosen(choice, ++least, &count);
    }
    if (!chosen)
        return NULL;
    qsort(chosen, count, sizeof chosen[0], by_term);
    buffer_text(&text, "");
    for (size_t i = 0; i < count; i++)
        buffer_format(&text, "%s\n", chosen[i]->term);
    free(chosen);
    return buffer_take(&text, NULL);
}

void frequent_choice_free(struct frequent_choice *choice)
{
    if (!choice)
        return;
    for (size_t i = 0; i < choice->count; i++)
        free(choice->terms[i]);
    free(choice->terms);
    term_table_clear(&choice->numbers);
    document_kit_free(choice->kit);
    word_list_free(choice->words);
    free(choice);
}

/* ---- of a spool ------------------------------------------------------------------- */

/* The work of one of two threads, which count every other report. */
struct half {
    const struct spool *spool;
    const char *words;
    size_t number, seen;
    struct frequent_choice *choice;
    bool ok;
    struct error failure;
};

static bool take_report(void *context, const struct report *report, struct error *err)
{
    struct half *half = context;
    return half->seen++ % 2 != half->number || frequent_choice_count(half->choice, report, err);
}

static void *count_half(void *context)
{
    struct half *half = context;
    half->ok = frequent_choice_new(half->words, &half->choice, &half->failure) &&
               spool_sample(half->spool, FREQUENT_CHOICE_SAMPLE, take_report, half, &half->failure);
    return NULL;
}

/* Adds what was counted in another. False out of memory. */
static bool add_counted(struct frequent_choice *choice, const struct frequent_choice *other)
{
    bool ok = true;
    choice->reports += other->reports;
    for (size_t i = 0; ok && i < other->count; i++)
        ok = count_term(choice, other->terms[i]->term, other->terms[i]->reports);
    return ok;
}

bool frequent_choice_of_spool(const struct spool *spool, const char *words, char **out,
                              struct error *err)
{
    struct half first = {.spool = spool, .words = words, .number = 0}, second = first;
    pthread_t thread;
    second.number = 1;
    int status = pthread_create(&thread, NULL, count_half, &second);
    if (status != 0)
        return error_set(err, ERROR_SYSTEM, NULL, "cannot start a thread: %s", strerror(status));
    count_half(&first);
    pthread_join(thread, NULL);
    const struct error *failure = first.ok ? &second.failure : &first.failure;
    bool ok = first.ok && second.ok;
    if (!ok)
        error_set(err, failure->code, failure->where, "%s", failure->text);
    char *made =
        ok && add_counted(first.choice, second.choice) ? frequent_choice_make(first.choice) : NULL;
    frequent_choice_free(first.choice);
    frequent_choice_free(second.choice);
    if (made)
        *out = made;
    return made || (ok && error_set(err, ERROR_MEMORY, NULL, "out of memory"));
}
