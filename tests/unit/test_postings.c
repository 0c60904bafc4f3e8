/* The postings of a term are what they were made of, wherever they are: in the file of frequent
 * terms alone, there and in the database, or in the database; also after reports were removed and
 * added. So are the terms that one walks past. */
#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/frequent_file.h"
#include "search/frequent.h"
#include "search/term_walk.h"
#include "tests/unit/scratch.h"

#define BUILT 6000u          /* more than are read at a time */
#define LAST  (BUILT + 1500) /* those behind are added later */

/* In byte order. */
static const struct word {
    const char *term;
    uint32_t one_in; /* reports */
    bool is_listed, is_alone;
} words[] = {
    {"XAtag", 9, true, false},     {"XPab", 50, true, true},     {"Zbits", 3, true, true},
    {"Zcodes", 70, true, true},    {"Zrare", 900, false, false}, {"Zseen", 40, true, false},
    {"bits", 10, true, true},      {"codes", 45, true, true},    {"early", 60, true, true},
    {"everywhere", 1, true, true}, {"rare", 500, false, false},  {"zz", 100, true, true},
};

/* What there is: reports, and how often each term occurs in them. */
static struct world {
    bool is_there[LAST + 1];
    uint32_t wdfs[ARRAY_LEN(words)][LAST + 1]; /* 0: it does not */
    struct xap_writer *writer;
    struct frequent_file *file;
} world;

static uint32_t pick(size_t count)
{
    return (uint32_t)((size_t)rand() % count);
}

/* "early" is in reports of the file only, and in few of them; the others are on both sides of its
 * end. */
static bool has_term(const struct word *word, uint32_t docid)
{
    if (strcmp(word->term, "early") == 0)
        return docid < 100 && pick(2);
    return docid == BUILT || docid == BUILT + 1 || pick(word->one_in) == 0;
}

static void make_reports(void)
{
    static const uint32_t wdfs[] = {1, 2, 3, 4, 15, 16, 255, 256, 70000};
    srand(5);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (uint32_t docid = 1; docid <= LAST; docid++)
            world.wdfs[i][docid] = !has_term(&words[i], docid) ? 0
                                   : pick(20)                  ? 1 + pick(3)
                                                               : wdfs[pick(ARRAY_LEN(wdfs))];
}

static void add_report(uint32_t docid)
{
    struct xap_document *document = NULL;
    uint32_t added;
    assert_true(xap_document_new(&document, NULL));
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (world.wdfs[i][docid] && !(words[i].is_alone && docid <= BUILT))
            assert_true(xap_document_add_term(document, words[i].term, world.wdfs[i][docid], NULL));
    assert_true(xap_writer_add(world.writer, document, &added, NULL));
    assert_int_equal(added, docid);
    xap_document_free(document);
    world.is_there[docid] = true;
}

static void remove_report(uint32_t docid)
{
    assert_true(xap_writer_delete(world.writer, docid, NULL));
    world.is_there[docid] = false;
}

static void write_file(const char *path)
{
    static uint32_t docids[BUILT], wdfs[BUILT];
    struct frequent_writer *writer = NULL;
    ok(frequent_writer_open(path, BUILT, &writer, err));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        uint32_t count = 0;
        for (uint32_t docid = 1; docid <= BUILT; docid++)
            if (world.wdfs[i][docid]) {
                docids[count] = docid;
                wdfs[count++] = world.wdfs[i][docid];
            }
        if (words[i].is_listed)
            ok(frequent_writer_add(writer, words[i].term, words[i].is_alone, docids, wdfs, count,
                                   err));
    }
    ok(frequent_writer_finish(writer, err));
    frequent_writer_close(writer);
}

static int make_world(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    world = (struct world){0};
    make_reports();
    assert_true(xap_writer_open(scratch_path(state, "database"), XAP_CREATE, XAP_NO_SYNC, 0,
                                &world.writer, NULL));
    for (uint32_t docid = 1; docid <= BUILT; docid++)
        add_report(docid);
    write_file(scratch_path(state, "frequent"));
    ok(frequent_file_open(scratch_path(state, "frequent"), &world.file, err));
    return 0;
}

static int clear_world(void **state)
{
    frequent_file_close(world.file);
    xap_writer_close(world.writer);
    return scratch_teardown(state);
}

/* ---- comparing ---------------------------------------------------------------------- */

/* Those that there are. */
struct list {
    uint32_t docids[LAST], wdfs[LAST], count, most;
};

static void make_list(size_t number, struct list *out)
{
    *out = (struct list){0};
    for (uint32_t docid = 1; docid <= LAST; docid++) {
        uint32_t wdf = world.wdfs[number][docid];
        if (!world.is_there[docid] || !wdf)
            continue;
        out->docids[out->count] = docid;
        out->wdfs[out->count++] = wdf;
        out->most = wdf > out->most ? wdf : out->most;
    }
}

/* From any place on, by reads of any size and skips of any width. */
static void check_reads(const struct postings_source *source, const char *term,
                        const struct list *all, bool skips)
{
    uint32_t docids[5000], wdfs[ARRAY_LEN(docids)];
    struct postings *postings = NULL;
    ok(postings_open(source, term, &postings, err));
    for (uint32_t at = 0;;) {
        uint32_t wanted = (at ? all->docids[at - 1] : 0) + pick(pick(3) ? 60 : 3000);
        if (skips && pick(2)) {
            ok(postings_skip_to(postings, wanted, err));
            while (at < all->count && all->docids[at] < wanted)
                at++;
            ok(postings_skip_to(postings, wanted / 2, err)); /* it does not go back */
        }
        size_t room = 1 + pick(ARRAY_LEN(docids)), left = all->count - at, count = 0;
        bool counted = pick(4);
        ok(postings_read(postings, room, docids, counted ? wdfs : NULL, &count, err));
        assert_int_equal(count, left < room ? left : room);
        assert_memory_equal(docids, all->docids + at, count * sizeof docids[0]);
        if (counted)
            assert_memory_equal(wdfs, all->wdfs + at, count * sizeof wdfs[0]);
        at += (uint32_t)count;
        if (count < room)
            break;
    }
    postings_close(postings);
}

/* In memory. */
static void check_frequent(const struct postings_source *source, const char *term,
                           const struct list *all)
{
    static uint32_t wdfs[LAST];
    struct frequent *frequent = NULL;
    memset(wdfs, 0, sizeof wdfs);
    ok(frequent_read(source, term, &frequent, err));
    assert_int_equal(docset_count(frequent->set), all->count);
    frequent_add(frequent, all->docids, all->count, wdfs);
    assert_memory_equal(wdfs, all->wdfs, all->count * sizeof wdfs[0]);
    frequent_free(frequent);
}

static void check_word(const struct postings_source *source, size_t number)
{
    static struct list all;
    const char *term = words[number].term;
    struct docset *set = NULL;
    uint32_t freq = 0, most = 0;
    make_list(number, &all);
    ok(postings_freq(source, term, &freq, err));
    assert_int_equal(freq, all.count);
    ok(postings_most(source, term, &most, err));
    assert_true(most >= all.most);
    ok(docset_new(source->all->last, &set, err));
    ok(postings_add(source, term, set, err));
    assert_int_equal(docset_count(set), all.count);
    for (uint32_t i = 0; i < all.count; i++)
        assert_true(docset_has(set, all.docids[i]));
    docset_free(set);
    check_frequent(source, term, &all);
    for (size_t times = 0; times < 40; times++)
        check_reads(source, term, &all, times > 4);
}

static void check_walk(const struct postings_source *source, const char *prefix, const char *from)
{
    static struct list all;
    struct term_walk *walk = NULL;
    const char *term = NULL;
    uint32_t freq = 0;
    ok(term_walk_open(source, prefix, &walk, err));
    if (pick(2)) { /* wherever it stands */
        ok(term_walk_next(walk, &term, &freq, err));
        from = term && strcmp(term, from) >= 0 ? "\xff" : from;
    }
    ok(term_walk_skip_to(walk, from, err));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        make_list(i, &all);
        if (strncmp(words[i].term, prefix, strlen(prefix)) != 0 ||
            strcmp(words[i].term, from) < 0 || all.count == 0)
            continue;
        ok(term_walk_next(walk, &term, &freq, err));
        assert_string_equal(term, words[i].term);
        assert_int_equal(freq, all.count);
    }
    for (int times = 0; times < 2; times++) {
        ok(term_walk_next(walk, &term, &freq, err));
        assert_null(term);
    }
    term_walk_close(walk);
}

static void check_world(void)
{
    static const char *const prefixes[] = {"", "Z", "XPab", "Zc", "e", "nothing", "zzz"};
    static const char *const starts[] = {"", "A", "Zbits", "[", "bits", "codez", "zz", "zzz"};
    const struct xap_db *db = xap_writer_db(world.writer);
    struct postings_source source;
    struct docset *all = NULL;
    uint32_t last;
    assert_true(xap_writer_commit(world.writer, NULL));
    assert_true(xap_db_last_docid(db, &last, NULL));
    ok(docset_new(last, &all, err));
    ok(docset_add_postings(all, db, "", err));
    ok(postings_source_make(db, world.file, all, &source, err));
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        check_word(&source, i);
    assert_int_equal(postings_are_codes(&source, "codes"), source.file != NULL);
    assert_false(postings_are_codes(&source, "bits"));
    assert_false(postings_are_codes(&source, "rare"));
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        for (size_t j = 0; j < ARRAY_LEN(starts); j++)
            check_walk(&source, prefixes[i], starts[j]);
    postings_source_clear(&source);
    docset_free(all);
}

/* ---- what happens to an index --------------------------------------------------------- */

static void a_term_has_its_postings_wherever_they_are(void **state)
{
    (void)state;
    check_world();
}

static void what_is_added_follows(void **state)
{
    (void)state;
    for (uint32_t docid = BUILT + 1; docid <= LAST; docid++)
        add_report(docid);
    check_world();
    for (uint32_t docid = BUILT; docid <= LAST; docid += 3) /* across the border, too */
        remove_report(docid);
    check_world();
}

static void what_is_gone_is_left_out(void **state)
{
    (void)state;
    remove_report(1);
    remove_report(4711);
    check_world();
    for (uint32_t docid = 2; docid < 100; docid++) /* all of a term */
        remove_report(docid);
    check_world();
    for (uint32_t docid = 100; docid <= BUILT; docid++)
        if (world.is_there[docid] && pick(3) == 0)
            remove_report(docid);
    check_world();
    for (uint32_t docid = BUILT + 1; docid <= LAST; docid++)
        add_report(docid);
    check_world();
}

static void an_index_can_be_emptied(void **state)
{
    (void)state;
    for (uint32_t docid = 1; docid <= BUILT; docid++)
        remove_report(docid);
    check_world();
}

#define world_test(function) cmocka_unit_test_setup_teardown(function, make_world, clear_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(a_term_has_its_postings_wherever_they_are),
        world_test(what_is_added_follows),
        world_test(what_is_gone_is_left_out),
        world_test(an_index_can_be_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
