#include "indexer/frequent_choice.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/word_list.h"

struct counted {
    unsigned reports;
    char term[];
};

struct frequent_choice {
    struct document_kit *kit;
    struct word_list *words;
    void *tree; /* of struct counted, by tsearch() */
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

static int by_term(const void *a, const void *b)
{
    return strcmp(((const struct counted *)a)->term, ((const struct counted *)b)->term);
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

static bool count_term(struct frequent_choice *choice, const char *term)
{
    size_t size = strlen(term) + 1;
    struct counted *counted = calloc(1, sizeof *counted + size);
    if (!counted)
        return false;
    memcpy(counted->term, term, size);
    struct counted **found = tsearch(counted, &choice->tree, by_term);
    if (!found || *found != counted)
        free(counted);
    if (found)
        (*found)->reports++;
    return found;
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
        if (can_be_chosen(choice, term) && !count_term(choice, term)) {
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

struct making {
    struct buffer text;
    unsigned least; /* reports that a chosen term has */
    size_t count;
};

/* The tree is walked in order. */
static void add_chosen(const void *node, VISIT visit, void *closure)
{
    const struct counted *counted = *(struct counted *const *)node;
    struct making *making = closure;
    if ((visit != postorder && visit != leaf) || counted->reports < making->least)
        return;
    buffer_format(&making->text, "%s\n", counted->term);
    making->count++;
}

/* The most frequent, if there are too many. */
char *frequent_choice_make(const struct frequent_choice *choice)
{
    struct making making = {.least = choice->reports / FREQUENT_CHOICE_ONE_IN};
    if (making.least < FREQUENT_CHOICE_LEAST)
        making.least = FREQUENT_CHOICE_LEAST;
    do {
        buffer_reset(&making.text);
        buffer_text(&making.text, "");
        making.count = 0;
        twalk_r(choice->tree, add_chosen, &making);
        making.least++;
    } while (making.count > FREQUENT_CHOICE_TERMS && !making.text.failed);
    return buffer_take(&making.text, NULL);
}

void frequent_choice_free(struct frequent_choice *choice)
{
    if (!choice)
        return;
    tdestroy(choice->tree, free);
    document_kit_free(choice->kit);
    word_list_free(choice->words);
    free(choice);
}

static bool take_report(void *context, const struct report *report, struct error *err)
{
    return frequent_choice_count(context, report, err);
}

bool frequent_choice_of_spool(const struct spool *spool, const char *words, char **out,
                              struct error *err)
{
    struct frequent_choice *choice;
    if (!frequent_choice_new(words, &choice, err))
        return false;
    bool ok = spool_sample(spool, FREQUENT_CHOICE_SAMPLE, take_report, choice, err);
    char *made = ok ? frequent_choice_make(choice) : NULL;
    frequent_choice_free(choice);
    if (made)
        *out = made;
    return made || (ok && error_set(err, ERROR_MEMORY, NULL, "out of memory"));
}
