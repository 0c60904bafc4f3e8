#include "schema/letter.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <utf8proc.h>

#include "schema/buffer.h"

struct letter letter_table[LETTER_TABLE_SIZE];
char letter_ascii[256];

/* What is special about single characters beyond their Unicode category. */
static const struct {
    int32_t code_point;
    enum letter_class class;
} special[] = {
    {'\n', LETTER_NEWLINE},      {0x2028, LETTER_NEWLINE},    {0x2029, LETTER_NEWLINE},
    {'\t', LETTER_SPACE},        {'\r', LETTER_SPACE},        {'\v', LETTER_SPACE},
    {'\f', LETTER_SPACE},        {0x85, LETTER_NEWLINE},      {'\'', LETTER_APOSTROPHE},
    {'`', LETTER_APOSTROPHE},    {0xB4, LETTER_APOSTROPHE},   {0x2B9, LETTER_APOSTROPHE},
    {0x2BB, LETTER_APOSTROPHE},  {0x2BC, LETTER_APOSTROPHE},  {0x2BD, LETTER_APOSTROPHE},
    {0x2BE, LETTER_APOSTROPHE},  {0x2BF, LETTER_APOSTROPHE},  {0x2C8, LETTER_APOSTROPHE},
    {0x55A, LETTER_APOSTROPHE},  {0x5F3, LETTER_APOSTROPHE},  {0x2018, LETTER_APOSTROPHE},
    {0x2019, LETTER_APOSTROPHE}, {0x201B, LETTER_APOSTROPHE}, {0x2032, LETTER_APOSTROPHE},
    {0xA78C, LETTER_APOSTROPHE}, {0xFF07, LETTER_APOSTROPHE}, {'-', LETTER_HYPHEN},
    {0x5BE, LETTER_HYPHEN},      {0x2010, LETTER_HYPHEN},     {0x2011, LETTER_HYPHEN},
    {0x2012, LETTER_HYPHEN},     {0x2013, LETTER_HYPHEN},     {0x2212, LETTER_HYPHEN},
    {0xFE63, LETTER_HYPHEN},     {0xFF0D, LETTER_HYPHEN},     {'.', LETTER_DOT},
    {0xFF0E, LETTER_DOT},        {',', LETTER_COMMA},         {'!', LETTER_STOP},
    {'?', LETTER_STOP},          {0x61F, LETTER_STOP},        {0x6D4, LETTER_STOP},
    {0x964, LETTER_STOP},        {0x1362, LETTER_STOP},       {0x2026, LETTER_STOP},
    {0x203D, LETTER_STOP},       {0x3002, LETTER_STOP},       {0xFF01, LETTER_STOP},
    {0xFF1F, LETTER_STOP},       {0xFF61, LETTER_STOP},       {0x200B, LETTER_SPACE},
    {0x640, LETTER_SKIP}, /* Arabic tatweel */
};

/* Letters that Unicode does not decompose and that people type in another way: strokes and
 * hooks (Łódź, Hausa ɓ ɗ ƙ), ligatures, the Turkish dotless i, Arabic alef wasla, alef maksura
 * and the Persian letters for kaf and yeh. */
static const struct {
    int32_t from;
    const char *to;
} plain[] = {
    {0xE6, "ae"},      {0xF0, "d"},       {0xF8, "o"},       {0xFE, "th"},      {0x111, "d"},
    {0x127, "h"},      {0x131, "i"},      {0x138, "k"},      {0x142, "l"},      {0x14B, "n"},
    {0x153, "oe"},     {0x167, "t"},      {0x180, "b"},      {0x192, "f"},      {0x199, "k"},
    {0x1B4, "y"},      {0x253, "b"},      {0x256, "d"},      {0x257, "d"},      {0x260, "g"},
    {0x268, "i"},      {0x272, "n"},      {0x671, "\u0627"}, {0x672, "\u0627"}, {0x673, "\u0627"},
    {0x649, "\u064A"}, {0x6CC, "\u064A"}, {0x6A9, "\u0643"},
};

int32_t letter_code_point(const char *text, size_t size, size_t *at)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t used =
        utf8proc_iterate((const utf8proc_uint8_t *)text + *at, (utf8proc_ssize_t)(size - *at), &c);
    if (used <= 0) {
        ++*at;
        return -1;
    }
    *at += (size_t)used;
    return c;
}

static bool is_between(int32_t c, int32_t first, int32_t last)
{
    return c >= first && c <= last;
}

/* Thai, Lao, Myanmar, Khmer, kana with their voicing marks, Han. */
static bool is_unspaced(int32_t c)
{
    return is_between(c, 0xE00, 0xEFF) || is_between(c, 0x1000, 0x109F) ||
           is_between(c, 0x1780, 0x17FF) || is_between(c, 0x3005, 0x3007) ||
           is_between(c, 0x3021, 0x3029) || is_between(c, 0x3038, 0x30FF) ||
           is_between(c, 0x31F0, 0x31FF) || is_between(c, 0x3400, 0x4DBF) ||
           is_between(c, 0x4E00, 0x9FFF) || is_between(c, 0xA9E0, 0xA9FE) ||
           is_between(c, 0xAA60, 0xAA7F) || is_between(c, 0xF900, 0xFAFF) ||
           is_between(c, 0x1B000, 0x1B16F) || is_between(c, 0x20000, 0x3FFFF);
}

static bool is_mark(const utf8proc_property_t *property)
{
    return property->category == UTF8PROC_CATEGORY_MN ||
           property->category == UTF8PROC_CATEGORY_MC || property->category == UTF8PROC_CATEGORY_ME;
}

/* Marks that are letters to a reader: the vowel signs of the Indic scripts (of combining class
 * 0), of Thai (103) and Lao (118), and the voicing marks of kana (8). */
static bool is_kept_mark(const utf8proc_property_t *property)
{
    if (property->category == UTF8PROC_CATEGORY_ME || property->ignorable)
        return false;
    return property->combining_class == 0 || property->combining_class == 8 ||
           property->combining_class == 103 || property->combining_class == 118;
}

static enum letter_class class_of(int32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(special); i++)
        if (special[i].code_point == c)
            return special[i].class;
    const utf8proc_property_t *property = utf8proc_get_property(c);
    if (is_mark(property) && !is_kept_mark(property) && c != 0x345)
        return LETTER_SKIP;
    switch (property->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return property->ignorable ? LETTER_SKIP : is_unspaced(c) ? LETTER_UNSPACED : LETTER_WORD;
    case UTF8PROC_CATEGORY_ND:
        return LETTER_DIGIT;
    case UTF8PROC_CATEGORY_CF:
        return LETTER_SKIP;
    case UTF8PROC_CATEGORY_ZS:
        return LETTER_SPACE;
    default:
        return LETTER_BREAK;
    }
}

/* One step of folding: case and compatibility, then what 'plain' and digits say. Returns the
 * number of code points, 0 where there are more than 'room'. */
static size_t fold_step(int32_t c, int32_t *out, size_t room)
{
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (plain[i].from != c)
            continue;
        size_t at = 0, size = strlen(plain[i].to), count = 0;
        while (at < size)
            out[count++] = letter_code_point(plain[i].to, size, &at);
        return count;
    }
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER && u_charDigitValue(c) >= 0) {
        out[0] = '0' + u_charDigitValue(c);
        return 1;
    }
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        c, out, (utf8proc_ssize_t)room, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD,
        &boundary);
    return count < 0 || (size_t)count > room ? 0 : (size_t)count;
}

#define FOLD_ROOM 24

/* Folds until nothing changes: the folded form of a folded form is itself. */
static size_t fold(int32_t c, int32_t out[FOLD_ROOM])
{
    size_t count = 1;
    out[0] = c;
    for (int round = 0; round < 4; round++) {
        int32_t next[FOLD_ROOM];
        size_t next_count = 0;
        for (size_t i = 0; i < count; i++) {
            size_t used = fold_step(out[i], next + next_count, FOLD_ROOM - next_count);
            if (used == 0)
                return 0;
            next_count += used;
        }
        if (next_count == count && memcmp(next, out, count * sizeof *out) == 0)
            break;
        memcpy(out, next, next_count * sizeof *out);
        count = next_count;
    }
    return count;
}

/* The class of a whole folded form: LETTER_BREAK where it is not all of one kind ("½"). */
static enum letter_class encode(const int32_t *folded, size_t count, struct letter *out)
{
    enum letter_class whole = LETTER_SKIP;
    for (size_t i = 0; i < count; i++) {
        enum letter_class class = class_of(folded[i]);
        if (class == LETTER_SKIP || class == LETTER_APOSTROPHE)
            continue;
        bool is_wordlike = class == LETTER_WORD || class == LETTER_DIGIT;
        bool was_wordlike = whole == LETTER_WORD || whole == LETTER_DIGIT;
        if (whole == LETTER_SKIP)
            whole = class;
        else if (class != whole && !(is_wordlike && was_wordlike))
            return LETTER_BREAK;
        uint8_t bytes[4];
        utf8proc_ssize_t size = utf8proc_encode_char(folded[i], bytes);
        if (out->size + (size_t)size > sizeof out->folded)
            return LETTER_BREAK;
        memcpy(out->folded + out->size, bytes, (size_t)size);
        out->size = (uint8_t)(out->size + size);
    }
    return whole;
}

/* A character that only has another code (the Kelvin sign) is that other character. */
static int32_t canonical(int32_t c)
{
    int32_t parts[FOLD_ROOM];
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(c, parts, FOLD_ROOM, UTF8PROC_DECOMPOSE, &boundary);
    return count == 1 ? parts[0] : c;
}

void letter_make(int32_t code_point, struct letter *out)
{
    memset(out, 0, sizeof *out);
    int32_t c = canonical(code_point);
    enum letter_class class = class_of(c);
    const utf8proc_property_t *property = utf8proc_get_property(c);
    out->is_capital =
        property->category == UTF8PROC_CATEGORY_LU || property->category == UTF8PROC_CATEGORY_LT;
    out->is_mark = is_mark(property);
    if (class == LETTER_WORD || class == LETTER_DIGIT || class == LETTER_UNSPACED) {
        int32_t folded[FOLD_ROOM];
        size_t count = fold(c, folded);
        class = count > 0 ? encode(folded, count, out) : LETTER_BREAK;
        if (class != LETTER_WORD && class != LETTER_DIGIT && class != LETTER_UNSPACED)
            out->size = 0;
    }
    out->class = (uint8_t) class;
}

static void prepare(void)
{
    for (int32_t c = 0; c < LETTER_TABLE_SIZE; c++)
        letter_make(c, &letter_table[c]);
    for (int c = 0; c < 0x80; c++)
        if (letter_table[c].size == 1)
            letter_ascii[c] = letter_table[c].folded[0];
}

void letters_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare);
}

const struct letter *letter_read(const char *text, size_t size, size_t *at, struct letter *scratch)
{
    unsigned char first = (unsigned char)text[*at];
    if (first < 0x80) {
        ++*at;
        return &letter_table[first];
    }
    int32_t c = letter_code_point(text, size, at);
    if (c >= 0 && c < LETTER_TABLE_SIZE)
        return &letter_table[c];
    if (c < 0)
        memset(scratch, 0, sizeof *scratch); /* LETTER_BREAK */
    else
        letter_make(c, scratch);
    return scratch;
}
