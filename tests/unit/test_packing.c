#include "schema/packing.h"

#include <zdict.h>

#include "tests/unit/scratch.h"

enum { SAMPLES = 400, SAMPLE_ROOM = 400, DICTIONARY_ROOM = 2000 };

static size_t say(unsigned number, char out[SAMPLE_ROOM])
{
    return (size_t)snprintf(out, SAMPLE_ROOM,
                            "id=report-%u\nregion=ML\nregion=ML-7\nrule=region body 90 name\n\n"
                            "The mission reported %u incidents near the town of Gao, and its "
                            "patrols met %u vehicles on the road to Ansongo in the week.",
                            number, number * 7 % 31, number * 13 % 97);
}

static size_t train(char dictionary[DICTIONARY_ROOM])
{
    char *samples = malloc((size_t)SAMPLES * SAMPLE_ROOM);
    size_t sizes[SAMPLES], used = 0;
    for (unsigned i = 0; i < SAMPLES; i++)
        used += sizes[i] = say(i, samples + used);
    size_t size = ZDICT_trainFromBuffer(dictionary, DICTIONARY_ROOM, samples, sizes, SAMPLES);
    free(samples);
    assert_false(ZDICT_isError(size));
    return size;
}

static void expect_back(struct packing *by, struct packing *with, const char *text, size_t size)
{
    struct buffer packed = {0};
    char *plain = NULL;
    size_t plain_size = 77;
    ok(packing_pack(by, text, size, &packed, err));
    ok(packing_unpack(with, packed.bytes, packed.size, &plain, &plain_size, err));
    assert_int_equal(plain_size, size);
    assert_memory_equal(plain, text, size + 1);
    buffer_free(&packed);
    free(plain);
}

static void what_is_packed_comes_back(void **state)
{
    (void)state;
    char dictionary[DICTIONARY_ROOM], text[SAMPLE_ROOM];
    struct packing *plain = NULL, *trained = NULL;
    ok(packing_new(NULL, 0, &plain, err));
    ok(packing_new(dictionary, train(dictionary), &trained, err));
    size_t size = say(1000, text);
    expect_back(plain, plain, text, size);
    expect_back(trained, trained, text, size);
    expect_back(trained, trained, "", 0);
    expect_back(trained, trained, "a\0b", 3);
    expect_back(plain, trained, text, size); /* one that was packed without stands among others */
    struct buffer packed = {0};
    ok(packing_pack(plain, text, size, &packed, err));
    size_t without = packed.size;
    ok(packing_pack(trained, text, size, &packed, err));
    assert_true(packed.size * 2 < without);
    buffer_free(&packed);
    packing_free(plain);
    packing_free(trained);
    packing_free(NULL);
}

static void damage_is_told(void **state)
{
    (void)state;
    char dictionary[DICTIONARY_ROOM], text[SAMPLE_ROOM];
    struct packing *plain = NULL, *trained = NULL;
    struct buffer packed = {0};
    char *out = NULL;
    size_t size = say(5, text), out_size = 77;
    ok(packing_new(NULL, 0, &plain, err));
    ok(packing_new(dictionary, train(dictionary), &trained, err));
    fails(ERROR_CORRUPT, packing_unpack(trained, "", 0, &out, &out_size, err));
    fails(ERROR_CORRUPT, packing_unpack(trained, "id=a\n\nbody", 10, &out, &out_size, err));
    ok(packing_pack(trained, text, size, &packed, err));
    fails(ERROR_CORRUPT, packing_unpack(plain, packed.bytes, packed.size, &out, &out_size, err));
    for (size_t cut = 1; cut < packed.size; cut++)
        fails(ERROR_CORRUPT, packing_unpack(trained, packed.bytes, cut, &out, &out_size, err));
    assert_null(out);
    assert_int_equal(out_size, 77);
    buffer_free(&packed);
    packing_free(plain);
    packing_free(trained);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(damage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
