/* What a frequent term has in memory is what its posting list says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "search/frequent.h"
#include "tests/flow/fixture.h"

#define REPORTS 5000u /* more than are read at a time */

/* How often the term occurs in a report: seldom very often. */
static uint32_t wdf_of(uint32_t docid)
{
    static const uint32_t wdfs[] = {0, 1, 2, 254, 255, 256, 70000};
    uint32_t random = docid * 2654435761u >> 20;
    return random % 50 == 0 ? wdfs[random / 50 % ARRAY_LEN(wdfs)] : random % 3;
}

static void add(struct xap_writer *writer, uint32_t wdf)
{
    struct xap_document *document = NULL;
    assert_true(xap_document_new(&document, NULL));
    assert_true(wdf == 0 || xap_document_add_term(document, "often", wdf, NULL));
    assert_true(xap_writer_add(writer, document, NULL, NULL));
    xap_document_free(document);
}

/* Every so many reports, from one on, as blocks of candidates are. */
static void check(const struct frequent *frequent, uint32_t first, uint32_t step)
{
    uint32_t docids[1000] = {0}, wdfs[ARRAY_LEN(docids)] = {0};
    size_t count = 0;
    for (uint32_t docid = first; docid <= frequent->set->last && count < ARRAY_LEN(docids);
         docid += step) {
        docids[count] = docid;
        wdfs[count++] = 7; /* it is added to */
    }
    frequent_add(frequent, docids, count, wdfs);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(wdfs[i], 7 + wdf_of(docids[i]));
}

static void occurrences_are_those_of_the_postings(void **state)
{
    struct xap_writer *writer = NULL;
    assert_true(xap_writer_open(*state, XAP_CREATE, XAP_NO_SYNC, 0, &writer, NULL));
    for (uint32_t docid = 1; docid <= REPORTS; docid++)
        add(writer, wdf_of(docid));
    /* Later reports are not there yet for who opened it before. */
    for (uint32_t last = REPORTS; last > 0; last /= 3) {
        struct frequent *frequent = NULL;
        uint32_t found = 0;
        assert_true(frequent_read(xap_writer_db(writer), "often", last, &frequent, NULL));
        for (uint32_t docid = 1; docid <= last; docid++) {
            assert_int_equal(docset_has(frequent->set, docid), wdf_of(docid) > 0);
            found += wdf_of(docid) > 0;
        }
        assert_int_equal(docset_count(frequent->set), found);
        assert_true(frequent_memory(frequent) > found);
        for (uint32_t first = 1; first <= last; first += 97)
            for (uint32_t step = 1; step < 100; step *= 3)
                check(frequent, first, step);
        frequent_free(frequent);
    }
    struct frequent *none = NULL;
    assert_true(frequent_read(xap_writer_db(writer), "never", REPORTS, &none, NULL));
    uint32_t docid = REPORTS, wdf = 7;
    frequent_add(none, &docid, 1, &wdf);
    frequent_add(none, NULL, 0, NULL);
    assert_int_equal(wdf, 7);
    frequent_free(none);
    frequent_free(NULL);
    xap_writer_close(writer);
}

static char directory[] = "/tmp/sitrep-test-XXXXXX";

static int make_directory(void **state)
{
    *state = mkdtemp(directory);
    return *state ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    struct fixture made = {0};
    snprintf(made.path, sizeof made.path, "%s", directory);
    fixture_clear(&made);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(occurrences_are_those_of_the_postings),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
