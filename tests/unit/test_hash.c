#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "schema/hash.h"

/* The examples of FIPS 180-2 and the hash of nothing. */
static void known_hashes(void **state)
{
    (void)state;
    char out[HASH_ROOM], head[HASH_SHORT_ROOM];
    assert_true(hash_text("abc", 3, out));
    assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(hash_short("abc", 3, head));
    assert_string_equal(head, "ba7816bf8f01cfea");
    assert_true(hash_text("", 0, out));
    assert_string_equal(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Bytes that come in parts. */
static void streamed(void **state)
{
    (void)state;
    struct hash hash;
    char out[HASH_ROOM];
    hash_start(&hash);
    hash_add(&hash, "a", 1);
    hash_add(&hash, "", 0);
    hash_add(&hash, "bc", 2);
    assert_true(hash_finish(&hash, out));
    assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_start(&hash);
    assert_true(hash_finish(&hash, out));
    assert_string_equal(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_hashes), cmocka_unit_test(streamed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
