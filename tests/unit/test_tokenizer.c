#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "schema/buffer.h"
#include "schema/letter.h"
#include "schema/tokenizer.h"

/* ---- help ----------------------------------------------------------------------- */

static const struct {
    unsigned flag;
    char letter;
} flag_letters[] = {
    {TOKEN_CAPITAL, 'C'}, {TOKEN_UPPER, 'U'},     {TOKEN_NUMBER, 'N'},   {TOKEN_POSSESSIVE, 'P'},
    {TOKEN_DOTTED, 'D'},  {TOKEN_PARAGRAPH, 'A'}, {TOKEN_SENTENCE, 'S'}, {TOKEN_AFTER_HYPHEN, 'H'},
};

/* A text's words as a table reads them: "mali/C[0,4) ...". */
static char *describe(const char *text, size_t size, bool with_offsets, bool with_flags)
{
    /* A copy of the exact size, so that a sanitizer sees a read past the end. */
    char *copy = malloc(size > 0 ? size : 1);
    if (size > 0)
        memcpy(copy, text, size);
    struct buffer out = {0};
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_start(&tokenizer, copy, size);
    size_t before = 0;
    while (tokenizer_next(&tokenizer, &token)) {
        assert_true(token.begin >= before && token.begin < token.end && token.end <= size);
        assert_int_equal(token.size, strlen(token.folded));
        assert_in_range(token.size, 1, LIMIT_WORD_BYTES);
        before = token.end;
        buffer_text(&out, out.size > 0 ? " " : "");
        buffer_append(&out, token.folded, token.size);
        if (with_flags)
            buffer_char(&out, '/');
        for (size_t i = 0; with_flags && i < ARRAY_LEN(flag_letters); i++)
            if (token.flags & flag_letters[i].flag)
                buffer_char(&out, flag_letters[i].letter);
        if (with_offsets)
            buffer_format(&out, "[%zu,%zu)", token.begin, token.end);
    }
    tokenizer_end(&tokenizer);
    tokenizer_end(&tokenizer); /* twice does no harm */
    free(copy);
    return buffer_take(&out, NULL);
}

static char *fold_exact(const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    if (size > 0)
        memcpy(copy, text, size);
    char *folded = text_fold(copy, size);
    free(copy);
    assert_non_null(folded);
    return folded;
}

struct row {
    const char *text, *words;
};

static void check_rows(const struct row *rows, size_t count, bool with_offsets, bool with_flags)
{
    for (size_t i = 0; i < count; i++) {
        char *words = describe(rows[i].text, strlen(rows[i].text), with_offsets, with_flags);
        if (strcmp(words, rows[i].words) != 0)
            fail_msg("'%s'\n  is     '%s'\n  not as '%s'", rows[i].text, words, rows[i].words);
        free(words);
    }
}

/* ---- tables --------------------------------------------------------------------- */

static void words_are_folded(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {" \t\n ... - ' ", ""},
        {"Mali", "mali"},
        {"Ménaka MENAKA Me\u0301naka ménaka", "menaka menaka menaka menaka"},
        {"Jama’at Jama'at Jama‘at Jamaʼat Jamaʻat Jamaʿat Jama´at Jama`at",
         "jamaat jamaat jamaat jamaat jamaat jamaat jamaat jamaat"},
        {"Mali’s MALI'S Mali's-based rebels’ camp", "mali mali mali based rebels camp"},
        {"l'armée d’Ivoire qu’il s'est jusqu'à L'Aquila",
         "l armee d ivoire qu il s est jusqu a l aquila"},
        {"N'Djamena M'bera aujourd'hui don't O'Brien Sana'a", "ndjamena mbera aujourdhui dont "
                                                              "obrien sanaa"},
        {"al-Qaeda al‑Qaida al–Shabaab", "al qaeda al qaida al shabaab"},
        {"U.N. U.S.-led U.S.'s U.S.’s D.C. J.F.K A.B", "un us led us us dc jfk ab"},
        {"a.m. e.g. Mr.Smith x.y J.Smith", "a m e g mr smith x y j smith"},
        {"4,350 12,345,678.5 1.4.22 1,4 2011,2012 1,2345 3.5m", "4350 12345678.5 1.4.22 1 4 2011 "
                                                                "2012 1 2345 3.5m"},
        {"M23 AK-47 G5 1st .5 5. 10'000", "m23 ak 47 g5 1st 5 5 10000"},
        {"Łódź Ørsted Đurđa Straße Æthelred İzmir ısı ƙasa ɓera", "lodz orsted durda strasse "
                                                                  "aethelred izmir isi kasa bera"},
        {"ﬁve m² ½ № ™ ① Ⅻ", "five m2 1 xii"},
        {"soft\u00ADhyphen zero\u200Bwidth join\u200Der", "softhyphen zero width joiner"},
        {"ё Ё й Украї́на ΑΘΗΝΑΣ Άθήνας", "е е и украіна αθηνασ αθηνασ"},
        {"أحمد إسلام آسيا ٱلله الــعراق مَرْحَبًا مدرسة ٢٠٢٣ ۲۰۲۳", "احمد اسلام اسيا الله العراق "
                                                                "مرحبا مدرسة 2023 2023"},
        {"موسى موسي ایران", "موسي موسي ايران"},
        {"a_b a@b.c #tag $5 50%", "a b a b c tag 5 50"},
        {"one\u00A0two\u3000three…four", "one two three four"},
        {"🙂 peace✌️talks", "peace talks"},
    };
    check_rows(rows, ARRAY_LEN(rows), false, false);
}

static void offsets_name_the_place(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"The U.N. said.", "the[0,3) un[4,8) said[9,13)"},
        {"Mali’s army", "mali[0,4) army[9,13)"},
        {"rebels’ camp", "rebels[0,6) camp[10,14)"},
        {"l’armée", "l[0,1) armee[4,10)"},
        {"Me\u0301naka x", "menaka[0,8) x[9,10)"},
        {"4,350.", "4350[0,5)"},
        {"caf\u00E9\u0301", "cafe[0,7)"},
        {"IS組織 2", "is[0,2) 組織[2,8) 2[9,10)"},
    };
    check_rows(rows, ARRAY_LEN(rows), true, false);
}

static void flags_as_documented(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Mali the US", "mali/CAS the/ us/CU"},
        {"one. Two! three? four", "one/AS two/CS three/S four/S"},
        {"one\ntwo\n\nthree\r\n \t\r\nfour", "one/AS two/ three/AS four/AS"},
        {"one\n*\ntwo", "one/AS two/"},
        {"U.N. U.N U.S.'s", "un/CUDAS un/CUD us/CUPD"},
        {"the U.N. Council", "the/AS un/CUD council/C"},
        {"Mali's rebels' dogs’", "mali/CPAS rebels/P dogs/P"},
        {"'quoted' it", "quoted/AS it/"},
        {"al-Qaeda - x -y a--b", "al/AS qaeda/CH x/ y/ a/ b/"},
        {"M23 23 3.5 1st A", "m23/CAS 23/N 3.5/N 1st/N a/C"},
        {"JNIM ISiS Ab I", "jnim/CUAS isis/C ab/C i/C"},
        {"E\u0301TAT ÉTAT état", "etat/CUAS etat/CU etat/"},
        {"état É.U. E\u0301.U.", "etat/AS eu/CUD eu/CUD"},
        {"МОСКВА Москва", "москва/CUAS москва/C"},
        {"العراق؟ نعم", "العراق/AS نعم/S"},
        {"end.” Next", "end/AS next/CS"},
        {"U.S.-led", "us/CUDAS led/H"},
    };
    check_rows(rows, ARRAY_LEN(rows), false, true);
}

static void scripts_without_spaces_are_cut(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"中华人民共和国", "中华 人民 共和国"},
        {"2023年11月 IS組織が", "2023 年 11 月 is 組織 か\u3099"},
        {"ภาษาไทย", "ภาษา ไทย"},
        {"カタカナ カ\u3099ス", "カタカナ カ\u3099ス"},
    };
    check_rows(rows, ARRAY_LEN(rows), false, false);
    /* Composed and not. */
    char *composed = fold_exact("日本語のガスとバスが", strlen("日本語のガスとバスが"));
    char *apart = (char *)utf8proc_NFD((const utf8proc_uint8_t *)"日本語のガスとバスが");
    char *folded = fold_exact(apart, strlen(apart));
    assert_string_equal(composed, folded);
    free(composed);
    free(apart);
    free(folded);
    /* A run longer than what ICU is given at once, ended in the middle of reading. */
    struct buffer text = {0};
    for (int i = 0; i < 5000; i++)
        buffer_text(&text, "人民");
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_start(&tokenizer, text.bytes, text.size);
    size_t end = 0, count = 0;
    while (count < 4000 && tokenizer_next(&tokenizer, &token)) {
        assert_int_equal(token.begin, end);
        end = token.end;
        count++;
    }
    assert_int_equal(count, 4000);
    tokenizer_end(&tokenizer);
    buffer_free(&text);
}

static void bytes_that_are_not_utf8_part_words(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"b\xC3yte", "b yte"},
        {"a\xFF\xFE z", "a z"},
        {"\xED\xA0\x80x", "x"},
        {"\xC0\xAFx", "x"},
        {"x\xF4\x90\x80\x80y", "x y"},
        {"cut\xE2\x80", "cut"},
        {"cut\xE2", "cut"},
        {"o'\xC3", "o"},
        {"U.\xC3", "u"},
    };
    check_rows(rows, ARRAY_LEN(rows), false, false);
    char *words = describe("nul\0in", 6, false, false);
    assert_string_equal(words, "nul in");
    free(words);
}

static void long_words_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[400];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof text; i += 2)
            memcpy(text + i, "\u0431", 2);
        char *words = describe(text, 300 + shift, false, false);
        assert_int_equal(strlen(words), LIMIT_WORD_BYTES - shift % 2);
        free(words);
    }
    memset(text, '1', sizeof text);
    text[LIMIT_WORD_BYTES - 1] = '.'; /* the cut leaves no dot at the end */
    char *words = describe(text, sizeof text, true, false);
    assert_int_equal(strspn(words, "1"), LIMIT_WORD_BYTES - 1);
    assert_string_equal(words + LIMIT_WORD_BYTES - 1, "[0,400)");
    free(words);
    memset(text, 'A', sizeof text); /* cut, then ASCII again */
    memcpy(text + LIMIT_WORD_BYTES - 1, "\u0431", 2);
    words = describe(text, sizeof text, false, true);
    assert_int_equal(strspn(words, "a"), LIMIT_WORD_BYTES - 1);
    free(words);
}

/* ---- properties ----------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state ^= random_state << 13; /* Marsaglia's xorshift64 */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % bound;
}

static void seed_random(void)
{
    const char *seed = getenv("SITREP_SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : 20231115u;
    print_message("SITREP_SEED=%llu\n", (unsigned long long)random_state);
}

/* Characters that mean something to the tokenizer stand in every third place. */
static void random_text(struct buffer *text, bool with_bad_bytes, bool with_unspaced)
{
    static const char *const parts[] = {"a",       "s",
                                        "S",       "qu",
                                        "l'",      "’s ",
                                        "'",       "’",
                                        ".",       "U.",
                                        "N.",      ",",
                                        "350",     "1",
                                        "2",       "-",
                                        " ",       " ",
                                        "\n",      "é",
                                        "e\u0301", "İ",
                                        "ß",       "ﬁ",
                                        "\u0345",  "ᾳ",
                                        "\u00AD",  "\u200D",
                                        "٣",       "ـ",
                                        "آ",       "हि",
                                        "가",      "\u1112\u1161\u11AB",
                                        "Å",       "K",
                                        "x",       "H",
                                        "!",       "…"};
    static const struct {
        int32_t first, last;
    } blocks[] = {{0x20, 0x7E},     {0xA0, 0x24F},    {0x250, 0x36F},   {0x370, 0x5FF},
                  {0x600, 0x77F},   {0x900, 0xDFF},   {0x1E00, 0x20CF}, {0x2100, 0x2BFF},
                  {0xAC00, 0xD7A3}, {0xFB00, 0xFDFF}, {0xFE00, 0xFFEF}, {0x10000, 0x1FFFF}};
    buffer_reset(text);
    for (uint32_t i = random_below(24); i > 0; i--) {
        uint8_t bytes[4];
        int32_t c;
        switch (random_below(3)) {
        case 0:
            buffer_text(text, parts[random_below(ARRAY_LEN(parts))]);
            break;
        case 1:
            if (with_bad_bytes) {
                buffer_char(text, (char)random_below(256));
                break;
            } /* fall through */
        default: {
            uint32_t block = random_below(ARRAY_LEN(blocks));
            c = blocks[block].first +
                (int32_t)random_below((uint32_t)(blocks[block].last - blocks[block].first) + 1);
            struct letter letter;
            letter_make(c, &letter);
            if (letter.class != LETTER_UNSPACED || with_unspaced)
                buffer_append(text, (char *)bytes, (size_t)utf8proc_encode_char(c, bytes));
        }
        }
    }
    buffer_append(text, "", 0);
}

/* Scripts without spaces are left out here: ICU may cut a word that stands alone further. */
static void folding_is_idempotent(void **state)
{
    (void)state;
    seed_random();
    struct buffer text = {0};
    for (int round = 0; round < 40000; round++) {
        random_text(&text, round % 2 == 0, false);
        char *once = fold_exact(text.bytes, text.size);
        char *twice = fold_exact(once, strlen(once));
        if (strcmp(once, twice) != 0)
            fail_msg("'%s' folds to '%s' and that to '%s'", text.bytes, once, twice);
        free(once);
        free(twice);
    }
    buffer_free(&text);
}

static void normal_forms_are_one(void **state)
{
    (void)state;
    seed_random();
    letters_prepare();
    struct buffer text = {0};
    for (int round = 0; round < 30000; round++) {
        random_text(&text, false, false);
        char *composed = (char *)utf8proc_NFC((const utf8proc_uint8_t *)text.bytes);
        char *decomposed = (char *)utf8proc_NFD((const utf8proc_uint8_t *)text.bytes);
        char *one = describe(composed, strlen(composed), false, true);
        char *other = describe(decomposed, strlen(decomposed), false, true);
        char *own = fold_exact(text.bytes, text.size);
        char *own_composed = fold_exact(composed, strlen(composed));
        if (strcmp(one, other) != 0)
            fail_msg("'%s' is '%s' composed and '%s' decomposed", text.bytes, one, other);
        assert_string_equal(own, own_composed);
        free(composed);
        free(decomposed);
        free(one);
        free(other);
        free(own);
        free(own_composed);
    }
    buffer_free(&text);
}

/* Every character there is: what it folds to is folded, and of the same class. */
static void every_character_folds_to_a_fixed_point(void **state)
{
    (void)state;
    letters_prepare();
    for (int32_t c = 1; c <= 0x10FFFF; c++) {
        if (!utf8proc_codepoint_valid(c))
            continue;
        struct letter letter;
        letter_make(c, &letter);
        bool is_word = letter.class == LETTER_WORD || letter.class == LETTER_DIGIT ||
                       letter.class == LETTER_UNSPACED;
        assert_int_equal(is_word, letter.size > 0);
        for (size_t at = 0; at < letter.size;) {
            size_t begin = at;
            struct letter scratch;
            const struct letter *again = letter_read(letter.folded, letter.size, &at, &scratch);
            if (again->size != at - begin ||
                memcmp(again->folded, letter.folded + begin, again->size) != 0)
                fail_msg("U+%04X folds to what folds again", (unsigned)c);
            if ((again->class == LETTER_UNSPACED) != (letter.class == LETTER_UNSPACED))
                fail_msg("U+%04X folds to another kind of script", (unsigned)c);
        }
    }
}

static void any_bytes_are_read_to_the_end(void **state)
{
    (void)state;
    seed_random();
    struct buffer text = {0};
    for (int round = 0; round < 10000; round++) {
        random_text(&text, true, true);
        free(describe(text.bytes, text.size, true, true)); /* its asserts are the test */
    }
    buffer_free(&text);
}

/* Plain words among the others. */
static void random_words(struct buffer *text, struct buffer *part)
{
    buffer_reset(text);
    for (uint32_t i = 1 + random_below(6); i > 0; i--) {
        random_text(part, true, true);
        buffer_append(text, part->bytes, part->size);
        for (uint32_t j = random_below(5); j > 0; j--)
            buffer_format(text, " %c%.*s", 'a' + (char)random_below(4), (int)random_below(4),
                          "sea");
        buffer_char(text, ' ');
    }
}

/* Words that are passed over are those that begin with no wanted letter, and the rest are as they
 * are without. */
static void skipping_leaves_out_plain_words(void **state)
{
    (void)state;
    seed_random();
    bool wanted[UCHAR_MAX + 1] = {['b'] = true, ['d'] = true};
    struct buffer text = {0}, part = {0};
    size_t all = 0;
    for (int round = 0; round < 10000; round++) {
        struct tokenizer whole, quick;
        struct token word, kept;
        random_words(&text, &part);
        tokenizer_start(&whole, text.bytes, text.size);
        tokenizer_start(&quick, text.bytes, text.size);
        size_t skipped = 0;
        while (tokenizer_next(&whole, &word)) {
            if (skipped > 0) {
                skipped--;
                assert_false(wanted[(unsigned char)word.folded[0]]);
                assert_int_equal(word.flags, 0);
                continue;
            }
            assert_true(tokenizer_next(&quick, &kept));
            assert_int_equal(kept.begin, word.begin);
            assert_int_equal(kept.end, word.end);
            assert_int_equal(kept.flags, word.flags);
            assert_string_equal(kept.folded, word.folded);
            all += skipped = tokenizer_skip(&quick, wanted);
        }
        assert_int_equal(skipped, 0);
        assert_false(tokenizer_next(&quick, &kept));
        tokenizer_end(&whole);
        tokenizer_end(&quick);
    }
    assert_true(all > 10000);
    buffer_free(&text);
    buffer_free(&part);
}

/* ---- text ------------------------------------------------------------------------ */

static void fold_joins_by_single_spaces(void **state)
{
    (void)state;
    char *folded =
        fold_exact("  Jama’at  Nusrat\n al-Islam! ", strlen("  Jama’at  Nusrat\n al-Islam! "));
    assert_string_equal(folded, "jamaat nusrat al islam");
    free(folded);
    folded = fold_exact("", 0);
    assert_string_equal(folded, "");
    free(folded);
}

/* A literal with its size, for texts with NUL. */
#define BYTES(text) text, sizeof text - 1

static void utf8_is_told_from_other_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        bool is_utf8;
    } rows[] = {
        {BYTES(""), true},
        {BYTES("plain text of more than eight bytes\r\n\t"), true},
        {BYTES("M\u00E9naka \u4E2D \U0001F600"), true},
        {BYTES("nul\0"), false},
        {BYTES("plain text of more than\xFF eight bytes"), false},
        {BYTES("\xC0\x80"), false},
        {BYTES("\xED\xA0\x80"), false},
        {BYTES("\xF4\x90\x80\x80"), false},
        {BYTES("cut\xE4\xB8"), false},
        {BYTES("\x80"), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (text_is_utf8(rows[i].text, rows[i].size) != rows[i].is_utf8)
            fail_msg("row %zu", i);
}

static void cleaning(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *clean;
        bool repaired;
    } rows[] = {
        {BYTES(""), "", false},
        {BYTES("\xEF\xBB\xBFone\r\ntwo\rthree\n\tfour"), "one\ntwo\nthree\n\tfour", false},
        {BYTES("ends with\r"), "ends with\n", false},
        {BYTES("\r\r\n\n"), "\n\n\n", false},
        {BYTES("a\x03z"), "a\uFFFDz", false},
        {BYTES("del\x7F in a line of plain text"), "del\uFFFD in a line of plain text", false},
        {BYTES("c1\xC2\x85"), "c1\uFFFD", false},
        {BYTES("nul\0z"), "nul\uFFFDz", true},
        {BYTES("b\xFFz"), "b\uFFFDz", true},
        {BYTES("\xE2\x82"), "\uFFFD\uFFFD", true},
        {BYTES("M\u00E9naka \U0001F600\uFFFD"), "M\u00E9naka \U0001F600\uFFFD", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool repaired = !rows[i].repaired;
        size_t size = 0;
        char *clean = text_clean(rows[i].text, rows[i].size, &size, &repaired);
        assert_string_equal(clean, rows[i].clean);
        assert_int_equal(size, strlen(clean));
        if (repaired != rows[i].repaired)
            fail_msg("row %zu", i);
        free(clean);
    }
}

/* Whatever goes in, what comes out is UTF-8 and clean already. */
static void cleaning_makes_utf8(void **state)
{
    (void)state;
    seed_random();
    struct buffer text = {0};
    for (int round = 0; round < 10000; round++) {
        random_text(&text, true, true);
        size_t size, again_size;
        bool repaired;
        char *clean = text_clean(text.bytes, text.size, &size, &repaired);
        assert_true(text_is_utf8(clean, size));
        assert_int_equal(repaired, !text_is_utf8(text.bytes, text.size));
        char *again = text_clean(clean, size, &again_size, &repaired);
        assert_false(repaired);
        assert_string_equal(clean, again);
        free(clean);
        free(again);
    }
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded),
        cmocka_unit_test(offsets_name_the_place),
        cmocka_unit_test(flags_as_documented),
        cmocka_unit_test(scripts_without_spaces_are_cut),
        cmocka_unit_test(bytes_that_are_not_utf8_part_words),
        cmocka_unit_test(long_words_are_cut_at_a_character),
        cmocka_unit_test(folding_is_idempotent),
        cmocka_unit_test(normal_forms_are_one),
        cmocka_unit_test(every_character_folds_to_a_fixed_point),
        cmocka_unit_test(any_bytes_are_read_to_the_end),
        cmocka_unit_test(skipping_leaves_out_plain_words),
        cmocka_unit_test(fold_joins_by_single_spaces),
        cmocka_unit_test(utf8_is_told_from_other_bytes),
        cmocka_unit_test(cleaning),
        cmocka_unit_test(cleaning_makes_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
