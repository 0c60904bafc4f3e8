#include "indexer/signs.h"

#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

#define WORD_REGION (WORD_SETTLEMENT | WORD_DIVISION)

/* Whether only blanks, and 'dot' where it is set, part two words. */
static bool beside(const struct scan *scan, const struct word *left, const struct word *right,
                   char dot)
{
    for (uint32_t at = left->end; at < right->begin; at++)
        if (scan->text[at] != ' ' && (scan->text[at] != dot || !dot))
            return false;
    return true;
}

static bool is_capital(const struct word *word)
{
    return word->flags & TOKEN_CAPITAL;
}

/* "J." before a name. */
static bool is_initial(const struct word *word)
{
    return is_capital(word) && word->end - word->begin == 1;
}

/* "Jabal al-Zawiya": an article in lower case that belongs to the name behind it. */
static bool is_joined_by_article(const struct scan *scan, const struct word *article,
                                 const struct word *name)
{
    return !is_capital(article) && (article->classes & WORD_SMALL) &&
           name->begin == article->end + 1 &&
           (scan->text[article->end] == '-' || scan_is_word(scan, article, "al"));
}

/* "Colonia El Yaqui", "Cali-Ganey": the name goes on behind a small word or a hyphen. */
static bool goes_on(const struct scan *scan, size_t number)
{
    const struct span *span = &scan->spans[number];
    if (span->last + 1 >= scan->word_count ||
        (number + 1 < scan->span_count && scan->spans[number + 1].first == span->last))
        return false;
    const struct word *small = &scan->words[span->last], *next = small + 1;
    if (scan->text[small[-1].end] == '-' && small->begin == small[-1].end + 1)
        return is_capital(small);
    return (small->classes & WORD_LINK) && is_capital(next) && beside(scan, small - 1, small, 0) &&
           next->begin == small->end + 1 &&
           (scan->text[small->end] == ' ' || scan->text[small->end] == '-');
}

static unsigned read_before(const struct scan_rules *rules, const struct scan *scan,
                            const struct span *span)
{
    const struct word *first = &scan->words[span->first];
    if (span->first == 0 || (first->flags & TOKEN_PARAGRAPH))
        return 0;
    const struct word *word = first - 1;
    const struct word *earlier =
        span->first > 1 && beside(scan, word - 1, word, 0) ? word - 1 : NULL;
    if (is_capital(word) && (is_initial(word) || (word->classes & WORD_TITLE)) &&
        beside(scan, word, first, '.'))
        return SIGN_PERSON;
    if (earlier && is_joined_by_article(scan, word, first) && is_capital(earlier) &&
        !(earlier->classes & (WORD_WITHIN | WORD_SMALL | WORD_COMPASS)))
        return SIGN_PART;
    if (!beside(scan, word, first, 0))
        return 0;
    if (scan_is_word(scan, word, "of") && earlier && (earlier->classes & WORD_REGION))
        return earlier->classes & WORD_SETTLEMENT ? SIGN_TOWN : SIGN_DIVISION;
    if (word->classes & WORD_COMPASS)
        return SIGN_DIVISION |
               (earlier && (earlier->classes & WORD_WITHIN) ? (unsigned)SIGN_WITHIN : 0);
    if (word->classes & WORD_WITHIN)
        return SIGN_WITHIN;
    if (word->classes & WORD_REGION)
        return is_capital(word) ? 0 : SIGN_TOWN;
    if (is_capital(word) && (word->classes & WORD_ARTICLE))
        return SIGN_PART;
    if (!is_capital(word) && (word->classes & WORD_QUARTER))
        return SIGN_STREET;
    if (!is_capital(word) || (word->classes & WORD_SMALL))
        return 0;
    if (scan_word_is_also(rules, word) & NAME_FORENAME)
        return SIGN_PERSON;
    return word->flags & TOKEN_SENTENCE ? 0 : SIGN_PART;
}

static unsigned read_after(const struct scan_rules *rules, const struct scan *scan,
                           const struct span *span)
{
    if (span->last >= scan->word_count)
        return 0;
    const struct word *word = &scan->words[span->last];
    if (!beside(scan, word - 1, word, 0))
        return 0;
    if ((word->classes & WORD_SPEAKING) && (span->also & NAME_SURNAME))
        return SIGN_PERSON;
    if (is_capital(word) && (word->classes & (WORD_STREET | WORD_PAPER)))
        return SIGN_STREET;
    if ((word->classes & WORD_QUARTER) && (!is_capital(word) || !(word->classes & WORD_BODY)))
        return SIGN_STREET;
    if (word->classes & WORD_SETTLEMENT)
        return SIGN_TOWN;
    if (word->classes & WORD_DIVISION)
        return SIGN_DIVISION;
    if (!is_capital(word) ||
        (word->classes & (WORD_BODY | WORD_OFFICE | WORD_SMALL | WORD_COMPASS)))
        return 0;
    if (span->also & NAME_FORENAME)
        return SIGN_PERSON;
    return scan_word_is_also(rules, word) & NAME_EVERYDAY ? SIGN_OFFICE : SIGN_PART;
}

/* "GAO, Mali (AFP) -", "BAMAKO, Nov 15": at the start of a paragraph. */
static bool is_dateline(const struct scan *scan, const struct span *span)
{
    static const char *const marks[] = {
        " (",    " - ",   " -- ",  " \xe2\x80\x93 ", " \xe2\x80\x94 ", ", Jan",
        ", Feb", ", Mar", ", Apr", ", May",          ", Jun",          ", Jul",
        ", Aug", ", Sep", ", Oct", ", Nov",          ", Dec"};
    if (!(scan->words[span->first].flags & TOKEN_PARAGRAPH))
        return false;
    bool upper = true;
    for (uint32_t i = span->first; i < span->last; i++)
        upper = upper && (scan->words[i].flags & TOKEN_UPPER);
    uint32_t last = span->last;
    for (uint32_t more = 0; more < 3 && last <= scan->word_count; more++, last++) {
        const char *rest = scan->text + scan->words[last - 1].end;
        for (size_t i = 0; i < ARRAY_LEN(marks); i++)
            if (strncmp(rest, marks[i], strlen(marks[i])) == 0 && (upper || i > 0))
                return true;
        if (last == scan->word_count || !is_capital(&scan->words[last]))
            break;
    }
    return false;
}

unsigned signs_read(const struct scan_rules *rules, const struct scan *scan, size_t number)
{
    const struct span *span = &scan->spans[number];
    unsigned signs = read_before(rules, scan, span) | read_after(rules, scan, span);
    if (goes_on(scan, number))
        signs |= SIGN_PART;
    if (is_dateline(scan, span))
        signs |= SIGN_DATELINE;
    if ((number > 0 && signs_joined(scan, span - 1, span)) ||
        (number + 1 < scan->span_count && signs_joined(scan, span, span + 1)))
        signs |= SIGN_LIST;
    return signs;
}

bool signs_joined(const struct scan *scan, const struct span *left, const struct span *right)
{
    enum { WORDS_BETWEEN = 5 };
    if (right->first < left->last || right->first - left->last > WORDS_BETWEEN)
        return false;
    bool mark = false;
    uint32_t at = scan->words[left->last - 1].end;
    for (uint32_t i = left->last; i <= right->first; i++) {
        const struct word *word = &scan->words[i];
        for (; at < word->begin; at++) {
            char c = scan->text[at];
            if (c != ',' && c != '(' && c != ')' && c != ' ' && c != '-')
                return false;
            mark = mark || c == ',' || c == '(';
        }
        bool is_in = i < right->first && scan_is_word(scan, word, "in");
        mark = mark || is_in;
        if (i < right->first && !is_in && !is_capital(word) && !(word->classes & WORD_REGION))
            return false;
        at = word->end;
    }
    return mark;
}
