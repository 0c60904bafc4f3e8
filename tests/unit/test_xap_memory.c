/* Memory that runs out inside of Xapian is an error like any other.
 *
 * C++'s operator new is replaced by one that fails the n-th call from now, and each
 * call of the bindings is tried with n = 1, 2, ... until it works: the calls that
 * fail must say XAP_NO_MEMORY and leave nothing behind. */
#include "tests/unit/test_xap.h"

/* Xapian 1.4.22 itself forgets what its matcher had made when memory runs out; what the
 * bindings make is still looked for. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libxapian.so";
}

/* operator new and delete by the names that the linker knows them by; what throws is
 * libstdc++'s own std::__throw_bad_alloc(). */
void *new_bytes(size_t size) __asm__("_Znwm");
void delete_bytes(void *bytes) __asm__("_ZdlPv");
void delete_sized(void *bytes, size_t size) __asm__("_ZdlPvm");
_Noreturn void throw_bad_alloc(void) __asm__("_ZSt17__throw_bad_allocv");

static long calls_left = -1; /* until the one that fails; -1: none does */

void *new_bytes(size_t size)
{
    if (calls_left > 0 && --calls_left == 0) {
        calls_left = -1;
        throw_bad_alloc();
    }
    void *bytes = malloc(size);
    if (bytes == NULL)
        throw_bad_alloc();
    return bytes;
}

void delete_bytes(void *bytes)
{
    free(bytes);
}

void delete_sized(void *bytes, size_t size)
{
    (void)size;
    free(bytes);
}

/* Runs 'call' with each of its allocations failing in turn. */
#define each_allocation_fails(call)                                                                \
    do {                                                                                           \
        long failures = 0;                                                                         \
        for (;;) {                                                                                 \
            struct xap_error each_err = {.code = XAP_OK};                                          \
            struct xap_error *err = &each_err;                                                     \
            calls_left = failures + 1;                                                             \
            bool worked = (call);                                                                  \
            bool all_tried = calls_left != -1;                                                     \
            calls_left = -1;                                                                       \
            if (!worked)                                                                           \
                assert_int_equal(each_err.code, XAP_NO_MEMORY);                                    \
            if (all_tried) {                                                                       \
                assert_true(worked);                                                               \
                break;                                                                             \
            }                                                                                      \
            if (worked)                                                                            \
                break; /* Xapian did without */                                                    \
            failures++;                                                                            \
        }                                                                                          \
        assert_true(failures > 0);                                                                 \
    } while (0)

static void reading(void **state)
{
    make_large(scratch_path(state, "db"));
    struct xap_db *db = NULL;
    struct xap_postings *postings = NULL;
    struct xap_terms *terms = NULL;
    struct xap_document *doc = NULL;
    const char *path = scratch_path(state, "db");
    each_allocation_fails(xap_db_open(path, &db, err));
    each_allocation_fails(xap_postings_open(db, "all", &postings, err));
    each_allocation_fails(xap_terms_open(db, "t", &terms, err));
    each_allocation_fails(xap_db_document(db, 1, &doc, err));
    xap_document_free(doc);
    xap_terms_close(terms);
    xap_postings_close(postings);
    xap_db_close(db);
}

static bool search(struct xap_db *db, struct xap_matches *matches, struct xap_error *err)
{
    struct xap_query *parts[2] = {NULL, NULL}, *query = NULL;
    struct xap_enquire *enquire = NULL;
    bool done = xap_query_term("all", 1, 0, &parts[0], err) &&
                xap_query_wildcard("t00", 0, XAP_SYNONYM, &parts[1], err);
    done = xap_query_join_take(XAP_AND, parts, 2, 0, &query, done ? err : NULL) && done;
    done = done && xap_enquire_new(db, &enquire, err) &&
           xap_enquire_set_query(enquire, query, 0, err) &&
           xap_enquire_run(enquire, 0, 10, 0, matches, err);
    xap_query_free(query);
    xap_enquire_free(enquire);
    return done;
}

static void searching(void **state)
{
    make_large(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    struct xap_matches matches = {0};
    each_allocation_fails(search(db, &matches, err));
    assert_int_equal(matches.count, 10);
    xap_matches_clear(&matches);
    xap_db_close(db);
}

static void a_document(void **state)
{
    (void)state;
    struct xap_document *doc = NULL;
    each_allocation_fails(xap_document_new(&doc, err));
    each_allocation_fails(xap_document_add_posting(doc, "a term", 1, 1, err));
    xap_document_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(reading),
        scratch_test(searching),
        cmocka_unit_test(a_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
