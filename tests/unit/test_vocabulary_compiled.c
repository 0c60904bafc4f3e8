#include "schema/gazetteer.h"
#include "schema/generation.h"
#include "schema/vocabulary_compiled.h"
#include "tests/unit/scratch.h"

#define TEXT "tests/cases/extraction/vocabulary"

/* Where the header keeps what a test overwrites. */
enum { AT_MAGIC = 0, AT_VERSION = 8, AT_ORDER = 12, AT_HASH = 24, AT_PARTS = 96 };

/* A vocabulary from its text, and the bytes of its compiled form. */
struct both {
    struct vocabulary *text;
    struct buffer bytes;
};

static void compile(struct both *both, const char *directory)
{
    *both = (struct both){.text = NULL};
    ok(vocabulary_open(directory, &both->text, err));
    ok(vocabulary_compile(both->text, &both->bytes, err));
}

static void clear(struct both *both)
{
    vocabulary_close(both->text);
    buffer_free(&both->bytes);
}

static struct vocabulary *map(void **state, const struct both *both)
{
    struct vocabulary *mapped = NULL;
    const char *path = scratch_bytes(state, "compiled", both->bytes.bytes, both->bytes.size);
    ok(vocabulary_map(path, vocabulary_hash(both->text), &mapped, err));
    return mapped;
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

static void same_concept(const struct concept *a, const struct concept *b)
{
    assert_int_equal(a->type, b->type);
    same_text(a->id, b->id);
    same_text(a->label, b->label);
    same_text(a->kind, b->kind);
    same_text(a->home, b->home);
    assert_memory_equal(&a->latitude, &b->latitude, sizeof a->latitude); /* NaN too */
    assert_memory_equal(&a->longitude, &b->longitude, sizeof a->longitude);
    assert_int_equal(a->population, b->population);
    assert_int_equal(a->parent_count, b->parent_count);
    for (size_t i = 0; i < a->parent_count; i++)
        same_text(a->parents[i]->id, b->parents[i]->id);
    assert_int_equal(a->name_count, b->name_count);
    for (size_t i = 0; i < a->name_count; i++)
        same_text(a->names[i].text, b->names[i].text);
}

static void same_names(const struct vocabulary *a, const struct vocabulary *b)
{
    const struct gazetteer *left = vocabulary_gazetteer(a), *right = vocabulary_gazetteer(b);
    size_t nodes = gazetteer_node_count(left);
    assert_int_equal(gazetteer_word_count(left), gazetteer_word_count(right));
    assert_int_equal(nodes, gazetteer_node_count(right));
    for (uint32_t node = 0; node < nodes; node++) {
        const uint32_t *values, *others;
        size_t count = gazetteer_values(left, node, &values);
        assert_int_equal(gazetteer_values(right, node, &others), count);
        for (size_t i = 0; i < count; i++) {
            const struct concept_name *name = vocabulary_name(a, values[i]);
            const struct concept_name *other = vocabulary_name(b, others[i]);
            const struct concept *owner = vocabulary_owner(b, other);
            same_text(name->text, other->text);
            assert_int_equal(name->from, other->from);
            assert_int_equal(name->to, other->to);
            assert_int_equal(name->flags, other->flags);
            assert_int_equal(name->owner, other->owner);
            if (owner)
                assert_ptr_equal(vocabulary_find(b, owner->type, owner->id), owner);
            assert_int_equal(gazetteer_find(right, name->text, strlen(name->text)), node);
        }
    }
}

static void same_vocabulary(const struct vocabulary *a, const struct vocabulary *b)
{
    for (enum mention_kind type = MENTION_ACTOR; type <= MENTION_REGION; type++) {
        assert_int_equal(vocabulary_count(a, type), vocabulary_count(b, type));
        for (size_t i = 0; i < vocabulary_count(a, type); i++)
            same_concept(vocabulary_at(a, type, i), vocabulary_at(b, type, i));
    }
    same_names(a, b);
    same_text(vocabulary_hash(a), vocabulary_hash(b));
}

static void holds_what_the_text_says(void **state)
{
    static const char *const texts[] = {TEXT, "vocabulary"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct both both;
        compile(&both, texts[i]);
        struct vocabulary *mapped = map(state, &both);
        assert_non_null(mapped);
        same_vocabulary(both.text, mapped);
        assert_in_range(vocabulary_memory(mapped), both.bytes.size, 64u << 20);
        vocabulary_close(mapped);
        clear(&both);
    }
}

static void compiles_the_same_again(void **state)
{
    struct both both;
    struct buffer again = {0};
    compile(&both, TEXT);
    struct vocabulary *mapped = map(state, &both);
    ok(vocabulary_compile(mapped, &again, err));
    assert_int_equal(again.size, both.bytes.size);
    assert_memory_equal(again.bytes, both.bytes.bytes, again.size);
    buffer_free(&again);
    vocabulary_close(mapped);
    clear(&both);
}

/* What makes no use of the file is no error: then the text is read. */
static void is_left_alone_where_it_is_not_ours(void **state)
{
    static const size_t fields[] = {AT_VERSION, AT_ORDER};
    struct both both;
    compile(&both, TEXT);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        both.bytes.bytes[fields[i]]++;
        assert_null(map(state, &both));
        both.bytes.bytes[fields[i]]--;
    }
    struct vocabulary *mapped = both.text;
    ok(vocabulary_map(scratch_path(state, "absent"), "", &mapped, err));
    assert_null(mapped);
    clear(&both);
}

static void refuses(void **state, const struct both *both, size_t size)
{
    struct vocabulary *mapped = both->text;
    const char *path = scratch_bytes(state, "compiled", both->bytes.bytes, size);
    fails(ERROR_CORRUPT, vocabulary_map(path, vocabulary_hash(both->text), &mapped, err));
    assert_ptr_equal(mapped, both->text); /* untouched */
}

static void refuses_what_is_damaged(void **state)
{
    struct both both;
    compile(&both, TEXT);
    for (size_t size = 0; size < both.bytes.size; size += size < 400 ? 1 : 997)
        refuses(state, &both, size);
    static const size_t fields[] = {AT_MAGIC, AT_HASH, AT_PARTS, AT_PARTS + 13};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        both.bytes.bytes[fields[i]]++;
        refuses(state, &both, both.bytes.size);
        both.bytes.bytes[fields[i]]--;
    }
    buffer_append(&both.bytes, "", 1); /* longer than it says */
    refuses(state, &both, both.bytes.size);
    clear(&both);
}

/* A region that lies in one that lies in it, which no text can say. */
static void refuses_a_cycle(void **state)
{
    struct both both;
    struct error fault = {.code = ERROR_NONE};
    struct vocabulary *mapped = NULL;
    compile(&both, scratch_vocabulary(state));
    /* The parents are the last part: the area has none, the country 1 and the division 1. */
    uint32_t *parents = (uint32_t *)(void *)(both.bytes.bytes + both.bytes.size) - 2;
    uint32_t country = parents[1];
    assert_string_equal(vocabulary_at(both.text, MENTION_REGION, country - 2)->id, "ZA");
    parents[0] = country;
    const char *path = scratch_bytes(state, "compiled", both.bytes.bytes, both.bytes.size);
    assert_false(vocabulary_map(path, vocabulary_hash(both.text), &mapped, &fault));
    assert_non_null(strstr(fault.text, "its own ancestor"));
    parents[0] = 0; /* an actor */
    refuses(state, &both, both.bytes.size);
    clear(&both);
}

/* A generation's vocabulary is mapped where it can be, and is its text where there is no
 * compiled file or one of another version; a damaged one is an error. */
static void serves_a_generation(void **state)
{
    struct both both;
    struct vocabulary *opened;
    struct error fault = {.code = ERROR_NONE};
    compile(&both, TEXT);
    struct generation generation = {.path = (char *)*state, .vocabulary_path = (char[]){TEXT}};
    strcpy(generation.vocabulary_hash, vocabulary_hash(both.text));
    ok(generation_vocabulary(&generation, &opened, err));
    same_vocabulary(both.text, opened);
    vocabulary_close(opened);
    generation.vocabulary_path = (char[]){"/nowhere"};
    scratch_bytes(state, GENERATION_COMPILED, both.bytes.bytes, both.bytes.size);
    ok(generation_vocabulary(&generation, &opened, err));
    same_vocabulary(both.text, opened);
    vocabulary_close(opened);
    both.bytes.bytes[AT_VERSION]++;
    scratch_bytes(state, GENERATION_COMPILED, both.bytes.bytes, both.bytes.size);
    fails(ERROR_NO_INPUT, generation_vocabulary(&generation, &opened, err));
    generation.vocabulary_path = (char[]){TEXT};
    ok(generation_vocabulary(&generation, &opened, err));
    vocabulary_close(opened);
    both.bytes.bytes[AT_MAGIC]++;
    scratch_bytes(state, GENERATION_COMPILED, both.bytes.bytes, both.bytes.size);
    assert_false(generation_vocabulary(&generation, &opened, &fault));
    assert_int_equal(fault.code, ERROR_CORRUPT);
    assert_non_null(strstr(fault.where, GENERATION_COMPILED));
    clear(&both);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_what_the_text_says),
        TEST(compiles_the_same_again),
        TEST(is_left_alone_where_it_is_not_ours),
        TEST(refuses_what_is_damaged),
        TEST(refuses_a_cycle),
        TEST(serves_a_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
