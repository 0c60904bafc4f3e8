#include "schema/word_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema/term_table.h"

struct word_list {
    char *text;   /* a NUL after each word */
    char **words; /* in it, by number */
    size_t count;
    struct term_table numbers;
    bool pairs[WORD_LIST_PAIR_WORDS]; /* by number: it makes pairs */
};

static void add_word(struct word_list *list, char *word, uint32_t number)
{
    size_t size = strcspn(word, WORD_LIST_PAIRS);
    if (number < WORD_LIST_PAIR_WORDS)
        list->pairs[number] = word[size] != '\0';
    word[size] = '\0';
    list->words[number] = word;
    term_table_add(&list->numbers, word, number);
}

static bool fill(struct word_list *list, const char *text)
{
    size_t lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    if (lines > WORD_LIST_WORDS)
        lines = WORD_LIST_WORDS;
    list->text = strdup(text);
    list->words = calloc(lines + 1, sizeof list->words[0]);
    if (!list->text || !list->words || !term_table_init(&list->numbers, lines))
        return false;
    char *rest = list->text;
    for (; list->count < lines; list->count++)
        add_word(list, strsep(&rest, "\n"), (uint32_t)list->count);
    return true;
}

bool word_list_new(const char *text, struct word_list **out, struct error *err)
{
    struct word_list *list = calloc(1, sizeof *list);
    if (!list || !fill(list, text)) {
        word_list_free(list);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    *out = list;
    return true;
}

bool word_list_load(const struct xap_db *db, struct word_list **out, struct error *err)
{
    struct xap_error xapian = {0};
    char *text;
    if (!xap_db_metadata(db, WORD_LIST_KEY, &text, NULL, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok = word_list_new(text, out, err);
    free(text);
    return ok;
}

void word_list_free(struct word_list *list)
{
    if (!list)
        return;
    term_table_clear(&list->numbers);
    free(list->words);
    free(list->text);
    free(list);
}

size_t word_list_count(const struct word_list *list)
{
    return list->count;
}

int word_list_number(const struct word_list *list, const char *word)
{
    uint32_t number;
    return term_table_find(&list->numbers, word, &number) ? (int)number : -1;
}

const char *word_list_word(const struct word_list *list, int number)
{
    return list->words[number];
}

static bool makes_pairs(const struct word_list *list, int number)
{
    return number >= 0 && number < WORD_LIST_PAIR_WORDS && list->pairs[number];
}

bool word_list_makes_pair(const struct word_list *list, int first, int second)
{
    return makes_pairs(list, first) && makes_pairs(list, second);
}

static char digit(uint32_t number)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    return digits[number % 64];
}

void word_list_pair(int first, int second, char out[PAIR_TERM_ROOM])
{
    const uint32_t numbers[] = {(uint32_t)first, (uint32_t)second};
    char *end = stpcpy(out, PAIR_PREFIX);
    for (size_t i = 0; i < 2; i++) {
        *end++ = digit(numbers[i] / 64);
        *end++ = digit(numbers[i]);
    }
    *end = '\0';
}

/* The high bits of a product (Knuth, "The Art of Computer Programming", volume 3, 6.4). */
void word_list_pair_class(int first, int second, char out[PAIR_TERM_ROOM])
{
    uint32_t pair = (uint32_t)first * WORD_LIST_PAIR_WORDS + (uint32_t)second;
    uint32_t number = pair * 2654435761u >> (32 - WORD_LIST_PAIR_CLASS_BITS);
    char *end = stpcpy(out, PAIR_PREFIX);
    *end++ = digit(number / 64 / 64);
    *end++ = digit(number / 64);
    *end++ = digit(number);
    *end = '\0';
}
