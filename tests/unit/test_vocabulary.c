#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "schema/buffer.h"
#include "schema/vocabulary.h"

/* A directory of vocabulary files, one of each ending at most. */
struct directory {
    char path[64];
    const char *actors, *regions, *places, *words;
};

static void write_file(const struct directory *directory, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void make(struct directory *directory)
{
    strcpy(directory->path, "/tmp/sitrep-vocabulary-XXXXXX");
    assert_non_null(mkdtemp(directory->path));
    if (directory->actors)
        write_file(directory, "a.actors", directory->actors);
    if (directory->regions)
        write_file(directory, "b.regions", directory->regions);
    if (directory->places)
        write_file(directory, "c.places", directory->places);
    if (directory->words)
        write_file(directory, "d.words", directory->words);
    write_file(directory, "README", "not read");
}

static void drop(const struct directory *directory)
{
    static const char *const names[] = {"a.actors", "b.regions", "c.places", "d.words", "README"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", directory->path, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(directory->path), 0);
}

static struct vocabulary *open_good(struct directory *directory)
{
    struct vocabulary *vocabulary = NULL;
    struct error err = {.code = ERROR_NONE};
    make(directory);
    if (!vocabulary_open(directory->path, &vocabulary, &err))
        fail_msg("%s: %s", err.where, err.text);
    drop(directory);
    return vocabulary;
}

#define MALI "region: ML\nkind: country\nname: Mali\ndemonym: Malian\n"

static void reads_concepts(void **state)
{
    (void)state;
    struct directory directory = {
        .actors = "# armed groups\nactor: isgs\nlabel: ISGS\nkind: jihadist-group\nhome: ML\n"
                  "parent: is\nsuccessor: issp\n"
                  "name: Islamic State in the Greater Sahara | 2015..2022-03\n"
                  "name: ISGS | acronym 2015-05-01..\nname: EIGS | lang:fr,es\n\n"
                  "actor: is\nkind: jihadist-group\nname: Islamic State\r\n\n\n"
                  "actor: issp\nkind: jihadist-group\nname: Islamic State Sahel Province",
        .regions = "region: sahel\nkind: area\nname: Sahel\n\n" MALI
                   "parent: sahel\ncapital: ML-7.gao\n\nregion: ML-7\nkind: division\n"
                   "parent: sahel\nparent: ML\nname: Gao\nname: Région de Gao\n\nnot: Paris "
                   "Agreement\nnot: Geneva Conventions\n",
        .places = "# id\tname\nML-7.gao\tGao\t16.27\t-0.04\t86633\tGawo;Kawkaw\n"
                  "ML.timbuktu\tTimbuktu\t16.77\t-3.01\t0\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    assert_int_equal(vocabulary_count(vocabulary, MENTION_ACTOR), 3);
    assert_int_equal(vocabulary_count(vocabulary, MENTION_REGION), 5);
    assert_string_equal(vocabulary_at(vocabulary, MENTION_ACTOR, 0)->id, "is");
    assert_string_equal(vocabulary_at(vocabulary, MENTION_REGION, 0)->id, "ML");
    assert_null(vocabulary_at(vocabulary, MENTION_ACTOR, 3));
    const struct concept *isgs = vocabulary_find(vocabulary, MENTION_ACTOR, "isgs");
    assert_string_equal(isgs->label, "ISGS");
    assert_string_equal(isgs->home, "ML");
    assert_string_equal(isgs->parents[0]->id, "is");
    const struct concept *division = vocabulary_find(vocabulary, MENTION_REGION, "ML-7");
    assert_int_equal(division->parent_count, 2);
    assert_string_equal(division->parents[0]->id, "ML"); /* areas come last */
    assert_string_equal(division->parents[1]->id, "sahel");
    assert_int_equal(isgs->name_count, 3);
    assert_int_equal(isgs->names[0].from, day_from_civil(2015, 1, 1));
    assert_int_equal(isgs->names[0].to, day_from_civil(2022, 3, 31));
    assert_int_equal(isgs->names[1].to, DAY_NONE);
    assert_int_equal(isgs->names[1].flags, NAME_ACRONYM);
    assert_string_equal(vocabulary_find(vocabulary, MENTION_ACTOR, "is")->label, "Islamic State");
    assert_null(vocabulary_find(vocabulary, MENTION_REGION, "isgs"));
    assert_null(vocabulary_find(vocabulary, MENTION_ACTOR, "isg"));
    const struct concept *gao = vocabulary_find(vocabulary, MENTION_REGION, "ML-7.gao");
    assert_int_equal(gao->population, 86633);
    const struct concept *above[8];
    assert_int_equal(vocabulary_ancestors(gao, above, 2), 3);
    assert_string_equal(above[0]->id, "ML-7");
    assert_string_equal(above[1]->id, "ML");
    assert_int_equal(strlen(vocabulary_hash(vocabulary)), 64);
    assert_true(vocabulary_memory(vocabulary) > 1000);
    vocabulary_close(vocabulary);
}

static void ids_of_tables_can_be_short(void **state)
{
    (void)state;
    static const char *const ids[] = {
        "ML", "ML-7", "ML-7.ansongo", "ML-7.gao", "ML-7.n-tillit", "ML.in-ekker", "ML.oulad"};
    struct directory directory = {
        .actors = "actor: is\nkind: party\nname: Is\n",
        .regions = MALI "\nregion: ML-7\nkind: division\nparent: ML\nname: Gao\n",
        .places = "# short ids\nML-7\tGao\t16\t0\t0\n\tAnsongo\t15\t0\t0\r\n"
                  ".n-tillit\tN\u2019Tillit\t15\t0\t0\tTillit\nML\tIn 'Ekker--\t20\t0\t0\n"
                  ".oulad\tOul\u00e2d\t20\t0\t0\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    assert_int_equal(vocabulary_count(vocabulary, MENTION_REGION), 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(vocabulary_at(vocabulary, MENTION_REGION, i)->id, ids[i]);
    assert_int_equal(vocabulary_find(vocabulary, MENTION_REGION, "ML-7.n-tillit")->name_count, 2);
    vocabulary_close(vocabulary);
}

static void finds_by_name(void **state)
{
    (void)state;
    struct directory directory = {
        .actors = "actor: jnim\nkind: jihadist-group\nname: Jama'at Nusrat al-Islam wal-Muslimin\n",
        .regions =
            MALI "\nregion: GE\nkind: country\nname: Georgia | ambiguous\n\n"
                 "region: US\nkind: country\nname: United States\n\nregion: US-GA\n"
                 "kind: division\nname: Georgia\n\nregion: US-TX\nkind: division\nname: Texas\n",
        .places = "US-TX.paris\tParis\t33.66\t-95.55\t25000\nUS-GA.paris\tParis\t33\t-84\t0\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    assert_string_equal(
        vocabulary_find_name(vocabulary, MENTION_ACTOR, "JAMA’AT Nusrat al Islam wal-Muslimin")->id,
        "jnim");
    assert_string_equal(vocabulary_find_name(vocabulary, MENTION_REGION, "georgia")->id, "GE");
    assert_null(vocabulary_find_name(vocabulary, MENTION_REGION, "Paris"));
    assert_null(vocabulary_find_name(vocabulary, MENTION_REGION, "Malian"));
    assert_null(vocabulary_find_name(vocabulary, MENTION_ACTOR, "Mali"));
    assert_null(vocabulary_find_name(vocabulary, MENTION_REGION, ""));
    vocabulary_close(vocabulary);
}

static void more_adds_and_replaces(void **state)
{
    (void)state;
    struct directory directory = {
        .regions = "more: TD\ndemonym: Chadian\nname: Chad | ambiguous\nat: 15 19\n\n"
                   "region: TD\nkind: country\nname: Chad\nname: Tchad\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    const struct concept *chad = vocabulary_find(vocabulary, MENTION_REGION, "TD");
    assert_int_equal(chad->name_count, 3);
    assert_int_equal(chad->names[0].flags, NAME_AMBIGUOUS);
    assert_int_equal(chad->names[2].flags, NAME_DEMONYM);
    assert_true(chad->latitude > 14.9 && chad->latitude < 15.1);
    vocabulary_close(vocabulary);
}

static void places_without_position(void **state)
{
    (void)state;
    struct directory directory = {
        .regions = MALI "\nregion: ML-7\nkind: division\nname: Gao\n",
        .places = "ML-7.a\tAa\t10\t-2\t0\nML-7.b\tBb\t14\t2\t0\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    const struct concept *gao = vocabulary_find(vocabulary, MENTION_REGION, "ML-7");
    assert_true(fabs(gao->latitude - 12) < 1e-9 && fabs(gao->longitude) < 1e-9);
    vocabulary_close(vocabulary);
}

static void hash_follows_the_text(void **state)
{
    (void)state;
    char hashes[2][65];
    for (int i = 0; i < 2; i++) {
        struct directory directory = {.regions = i ? MALI "# x\n" : MALI};
        struct vocabulary *vocabulary = open_good(&directory);
        strcpy(hashes[i], vocabulary_hash(vocabulary));
        vocabulary_close(vocabulary);
    }
    assert_string_not_equal(hashes[0], hashes[1]);
}

/* ---- what is wrong ------------------------------------------------------ */

struct problems {
    char lines[1024]; /* "b.regions:3 " each */
    char last[480];
};

static bool note(void *context, const struct error *problem)
{
    struct problems *problems = context;
    const char *name = strrchr(problem->where, '/');
    assert_non_null(name);
    assert_int_equal(problem->code, ERROR_DATA);
    strncat(problems->lines, name + 1, sizeof problems->lines - strlen(problems->lines) - 2);
    strcat(problems->lines, " ");
    strcpy(problems->last, problem->text);
    return true;
}

/* Each text of regions or actors, where its problems are, and a part of the last message. */
static const struct {
    const char *actors, *regions, *places;
    const char *lines, *says;
} wrong[] = {
    {NULL, "region: ML\nkind: country\n", NULL, "b.regions:1 ", "has no name"},
    {NULL, "region: ML\nname: Mali\n", NULL, "b.regions:1 ", "not one of area, country"},
    {NULL, "region: mali\nkind: country\nname: Mali\n", NULL, "b.regions:1 ", "ISO 3166-1"},
    {NULL, MALI "colour: green\n", NULL, "b.regions:5 ", "unknown key \"colour\""},
    {NULL, MALI "nonsense\n", NULL, "b.regions:5 ", "has no ':'"},
    {NULL, MALI "label:\n", NULL, "b.regions:5 ", "has no value"},
    {NULL, MALI "kind: country\n", NULL, "b.regions:5 ", "stands twice"},
    {NULL, MALI "home: ML\n", NULL, "b.regions:5 ", "does not belong"},
    {NULL, "name: Mali\n\n" MALI, NULL, "b.regions:1 ", "in no stanza"},
    {NULL, MALI "name: X | lang:french\n", NULL, "b.regions:5 ", "names no language"},
    {NULL, MALI "name: X | wrong\n", NULL, "b.regions:5 ", "unknown option \"wrong\""},
    {NULL, MALI "name: X | 2020-13..\n", NULL, "b.regions:5 ", "no span of dates"},
    {NULL, MALI "name: X | ..\n", NULL, "b.regions:5 ", "no span of dates"},
    {NULL, MALI "name: X | 2020..2019\n", NULL, "b.regions:5 ", "ends before it begins"},
    {NULL, MALI "name: | acronym\n", NULL, "b.regions:5 ", "no name"},
    {NULL, MALI "name: --\n", NULL, "b.regions:5 ", "holds no word"},
    {NULL, MALI "at: 91 0\n", NULL, "b.regions:5 ", "position"},
    {NULL, MALI "population: 4,350\n", NULL, "b.regions:5 ", "digits only"},
    {NULL, MALI "name: \xff\n", NULL, "b.regions:5 ", "not UTF-8"},
    {NULL, MALI "parent: atlantis\n", NULL, "b.regions:5 ", "\"atlantis\" of ML is not"},
    {NULL, MALI "capital: ML.bamako\n", NULL, "b.regions:5 ", "capital"},
    {NULL, MALI "\nregion: ML\nkind: country\nname: Maliba\n", NULL, "b.regions:6 ",
     "is there already"},
    {NULL, "more: ML\nname: Mali\n", NULL, "b.regions:1 ", "no ML to say more of"},
    {NULL,
     "region: a\nkind: area\nname: Aa\nparent: b\n\nregion: b\nkind: area\nname: Bb\nparent: a\n",
     NULL, "b.regions:1 b.regions:6 ", "its own ancestor"},
    {NULL, MALI "\nregion: NE\nkind: country\nname: Niger\nname: Mali\n", NULL, "b.regions:9 ",
     "also a name of ML"},
    {NULL, MALI "name: Mali\n", NULL, "b.regions:5 ", "has the name \"Mali\" already"},
    {NULL, MALI "\nnot: Mali Accord\nnot: MALI accord\n", NULL, "b.regions:7 ", "there already"},
    {"actor: Jnim\nkind: party\nname: J\n", MALI, NULL, "a.actors:1 ", "joined by hyphens"},
    {"actor: jnim\nname: JNIM\n", MALI, NULL, "a.actors:1 ", "has no kind"},
    {"actor: jnim\nkind: Rebel Group\nname: JNIM\n", MALI, NULL, "a.actors:2 ", "is no kind"},
    {"actor: jnim\nkind: party\nname: JNIM\nhome: NE\n", MALI, NULL, "a.actors:4 ", "home"},
    {NULL, MALI, "ML.x\tXx\t1\t2\n", "c.places:1 ", "five or six columns"},
    {NULL, MALI, "ML.Xx\tXx\t1\t2\t3\n", "c.places:1 ", "no id of a place"},
    {NULL, MALI, "ML.x\t\t1\t2\t3\n", "c.places:1 c.places:1 ", "holds no word"},
    {NULL, MALI, "ML.x\tXx\tnorth\t2\t3\n", "c.places:1 ", "not in degrees"},
    {NULL, MALI, "ML.x\tXx\t1\t2\t-3\n", "c.places:1 ", "not digits only"},
    {NULL, MALI, "NE.x\tXx\t1\t2\t3\n", "c.places:1 ", "\"NE\" of NE.x"},
};

static void says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct directory directory = {
            .actors = wrong[i].actors, .regions = wrong[i].regions, .places = wrong[i].places};
        struct problems problems = {.lines = ""};
        struct error err = {.code = ERROR_NONE}, first = {.code = ERROR_NONE};
        struct vocabulary *vocabulary = NULL;
        size_t count = 0;
        make(&directory);
        assert_true(vocabulary_check(directory.path, note, &problems, &count, &err));
        assert_false(vocabulary_open(directory.path, &vocabulary, &first));
        drop(&directory);
        assert_null(vocabulary);
        if (strcmp(problems.lines, wrong[i].lines) != 0 || !strstr(problems.last, wrong[i].says))
            fail_msg("case %zu: %s: %s", i, problems.lines, problems.last);
        assert_int_equal(first.code, ERROR_DATA);
        assert_true(count > 0);
    }
}

static bool stop_at_once(void *context, const struct error *problem)
{
    (void)problem;
    ++*(int *)context;
    return false;
}

static void stops_when_told(void **state)
{
    (void)state;
    struct directory directory = {.regions = "x\ny\nz\n"};
    struct error err = {.code = ERROR_NONE};
    size_t count = 0;
    int calls = 0;
    make(&directory);
    assert_true(vocabulary_check(directory.path, stop_at_once, &calls, &count, &err));
    drop(&directory);
    assert_int_equal(calls, 1);
    assert_int_equal(count, 1);
}

static void allows_what_is_marked(void **state)
{
    (void)state;
    struct directory directory = {
        .actors =
            "actor: a\nkind: party\nname: National Front | ambiguous\nname: Old Guard | ..1990\n\n"
            "actor: b\nkind: party\nname: National Front | ambiguous\nname: Old Guard | 1991..\n",
        .words = "everyday: reading nice\nforename: jordan\nsurname: jordan nice\n",
    };
    struct vocabulary *vocabulary = open_good(&directory);
    assert_null(vocabulary_find_name(vocabulary, MENTION_ACTOR, "National Front"));
    assert_null(vocabulary_find_name(vocabulary, MENTION_REGION, "reading"));
    vocabulary_close(vocabulary);
}

static void needs_files(void **state)
{
    (void)state;
    struct directory directory = {.regions = NULL};
    struct error err = {.code = ERROR_NONE};
    struct vocabulary *vocabulary = NULL;
    make(&directory);
    assert_false(vocabulary_open(directory.path, &vocabulary, &err));
    assert_int_equal(err.code, ERROR_NO_INPUT);
    drop(&directory);
    error_clear(&err);
    assert_false(vocabulary_open(directory.path, &vocabulary, &err));
    assert_int_equal(err.code, ERROR_NO_INPUT);
    vocabulary_close(NULL);
}

/* The vocabulary that is shipped has no problem. */
static void shipped_one_is_right(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    struct problems problems = {.lines = ""};
    size_t count = 0;
    assert_true(vocabulary_check("vocabulary", note, &problems, &count, &err));
    if (count)
        fail_msg("%zu problems, %s... %s", count, problems.lines, problems.last);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_concepts),          cmocka_unit_test(finds_by_name),
        cmocka_unit_test(more_adds_and_replaces),  cmocka_unit_test(ids_of_tables_can_be_short),
        cmocka_unit_test(places_without_position), cmocka_unit_test(hash_follows_the_text),
        cmocka_unit_test(says_what_is_wrong),      cmocka_unit_test(stops_when_told),
        cmocka_unit_test(allows_what_is_marked),   cmocka_unit_test(needs_files),
        cmocka_unit_test(shipped_one_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
