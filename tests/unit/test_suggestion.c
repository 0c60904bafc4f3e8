/* What the letters that were typed so far may become, over a few reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/snapshot_private.h"
#include "tests/flow/snapshot_fixture.h"

static const char actors[] =
    "actor: jnim\nlabel: JNIM\nkind: jihadist-group\nname: Jama'at Nusrat al-Islam\n\n"
    "actor: fama\nlabel: FAMa\nkind: state-force\nname: Malian Armed Forces\n\n"
    "actor: idle\nlabel: Idle Forces\nkind: state-force\nname: Idle Forces\n";
static const char regions[] =
    "region: ML\nlabel: Mali\nkind: country\nname: Mali\ndemonym: Malian\n\n"
    "region: ML-7\nlabel: Gao\nkind: division\nparent: ML\nname: Gao Region\n\n"
    "region: ML-7.menaka\nlabel: Ménaka\nkind: place\nparent: ML-7\nname: Ménaka\n";

static int make_snapshot(void **state)
{
    static const char *const bodies[] = {
        "Fighters attacked a market; the attack was brief.",
        "An attack on the market of Été.",
        "Attackers and markets. 2023 12th attention",
    };
    struct report reports[ARRAY_LEN(bodies)] = {0};
    struct error err = {0};
    (void)state;
    bool ok = fixture_init(&fixture, actors, regions, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(bodies); i++) {
        char id[16];
        snprintf(id, sizeof id, "r%zu", i);
        ok = fixture_report(id, "2023-01-10", "Title", bodies[i], &reports[i], &err) &&
             report_add_tag(&reports[i], MENTION_REGION, "ML", &err) &&
             (i > 0 || report_add_tag(&reports[i], MENTION_REGION, "ML-7.menaka", &err)) &&
             report_add_tag(&reports[i], MENTION_ACTOR, i ? "jnim" : "fama", &err);
    }
    return open_snapshot(reports, ARRAY_LEN(bodies), ok, &err);
}

static void put(struct buffer *out, const struct suggestion *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s%s %u", i ? ", " : "", items[i].value, items[i].reports);
    buffer_text(out, "; ");
}

static void suggests_what_goes_on(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted; /* words; actors; regions; where the last word begins */
    } cases[] = {
        {"attack", "attack 2, attacked 1, attackers 1; ; ; 0"},
        {"ATT", "attack 2, attacked 1, attackers 1, attention 1; ; ; 0"},
        {"the market", "market 2, markets 1; ; ; 4"},
        {"été", "ete 1; ; ; 0"},
        {"jn", "; jnim 2; ; 0"},
        {"nusrat", "; jnim 2; ; 0"},
        {"nusrat al-is", "; jnim 2; ; 7"},
        {"attack by malian arm", "; fama 1; ; 17"},
        {"fo", "; fama 1; ; 0"},
        {"mal", "; fama 1; ML 3; 0"},
        {"mena", "; ; ML-7.menaka 1; 0"},
        {"idle", "; ; ; 0"},
        {"20", "; ; ; 0"},
        {"", "; ; ; 0"},
        {"attack ", "; ; ; 7"},
        {"\"", "; ; ; 0"},
        {"xyzzy", "; ; ; 0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct suggestions found;
        struct buffer out = {0};
        assert_true(suggestions_make(snapshot, cases[i].text, &found, NULL));
        put(&out, found.words, found.word_count);
        put(&out, found.actors, found.actor_count);
        put(&out, found.regions, found.region_count);
        buffer_format(&out, "%zu", found.prefix);
        if (strcmp(out.bytes, cases[i].wanted) != 0)
            fail_msg("'%s': %s, not %s", cases[i].text, out.bytes, cases[i].wanted);
        buffer_free(&out);
    }
}

/* The few with most reports, whatever the order they are found in. */
static void words_with_most_reports_stay(void **state)
{
    (void)state;
    struct words words = {0}, kept = snapshot->words;
    char text[32 * 4];
    uint32_t starts[32], reports[32];
    for (uint32_t i = 0; i < 32; i++) {
        snprintf(text + 4 * i, 4, "a%c%c", 'a' + (int)(i / 8), 'a' + (int)(i % 8));
        starts[i] = 4 * i;
        reports[i] = i * 7 % 32;
    }
    words = (struct words){.text = text, .starts = starts, .reports = reports, .count = 32};
    snapshot->words = words;
    struct suggestions found;
    assert_true(suggestions_make(snapshot, "a", &found, NULL));
    snapshot->words = kept;
    assert_int_equal(found.word_count, SUGGESTIONS_MAX);
    for (uint32_t i = 0; i < SUGGESTIONS_MAX; i++)
        assert_int_equal(found.words[i].reports, 31 - i);
}

static void words_are_corrected(void **state)
{
    (void)state;
    static const struct {
        const char *word, *wanted;
        uint32_t reports;
    } cases[] = {
        {"atack", "attack", 0},
        {"attakc", "attack", 0},
        {"attack", NULL, 0},
        {"attak", NULL, 2},
        {"attakers", "attackers", 0},
        {"atakcers", "attackers", 0},
        {"mrket", "market", 0},
        {"markets", "market", 1},
        {"mkt", NULL, 0},
        {"narket", NULL, 0},
        {"mraekt", NULL, 0},
        {"", NULL, 0},
        {"\xd0\xb0\xd1\x82\xd0\xb0\xd0\xba", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *better = words_correct(&snapshot->words, cases[i].word, cases[i].reports);
        if ((!better != !cases[i].wanted) || (better && strcmp(better, cases[i].wanted) != 0))
            fail_msg("'%s': %s", cases[i].word, better ? better : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggests_what_goes_on),
        cmocka_unit_test(words_with_most_reports_stay),
        cmocka_unit_test(words_are_corrected),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
