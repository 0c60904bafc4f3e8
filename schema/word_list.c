#include "schema/word_list.h"

#include <stdlib.h>
#include <string.h>

#include "schema/term_table.h"

/* Of a pair's term and of a class's, six bits each. */
enum { PAIR_DIGITS = 4, CLASS_DIGITS = 3 };

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

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

static void write_number(uint32_t number, unsigned count, char out[PAIR_TERM_ROOM])
{
    char *end = stpcpy(out, PAIR_PREFIX);
    while (count-- > 0)
        *end++ = digits[number >> 6 * count & 63];
    *end = '\0';
}

static bool read_number(const char *term, unsigned count, uint32_t *number)
{
    size_t prefix = strlen(PAIR_PREFIX);
    if (strlen(term) != prefix + count || memcmp(term, PAIR_PREFIX, prefix) != 0)
        return false;
    *number = 0;
    for (const char *at = term + prefix; *at; at++) {
        const char *digit = strchr(digits, *at);
        if (!digit)
            return false;
        *number = *number << 6 | (uint32_t)(digit - digits);
    }
    return true;
}

void word_list_pair(int first, int second, char out[PAIR_TERM_ROOM])
{
    write_number(word_list_pair_number(first, second), PAIR_DIGITS, out);
}

void word_list_pair_class(int first, int second, char out[PAIR_TERM_ROOM])
{
    uint32_t pair = word_list_pair_number(first, second);
    write_number(word_list_pair_hash(pair, WORD_LIST_PAIR_CLASS_BITS), CLASS_DIGITS, out);
}

bool word_list_read_pair(const char *term, uint32_t *pair)
{
    return read_number(term, PAIR_DIGITS, pair);
}

bool word_list_read_class(const char *term, uint32_t *number)
{
    return read_number(term, CLASS_DIGITS, number);
}
