/* Reports out of files, archives and compressed files, as a build takes them in. */
#include <unistd.h>

#include "indexer/intake.h"
#include "schema/buffer.h"
#include "schema/limits.h"
#include "tests/unit/archives.h"

#define COUNT(members) (sizeof(members) / sizeof *(members))

static struct intake intake;
static char base[300]; /* cut off where a path begins with it */

static const char *short_path(const char *path)
{
    size_t size = strlen(base);
    return strncmp(path, base, size) == 0 ? path + size + 1 : path;
}

static bool on_report(void *context, struct report *report, const char *where, struct error *err)
{
    (void)err;
    buffer_format(context, "report %s %s\n", short_path(where), report->origin);
    return true;
}

static void on_reject(void *context, const struct error *why)
{
    buffer_format(context, "reject %s: %s\n", short_path(why->where), why->text);
}

static void on_skip(void *context, const char *path, const char *why)
{
    buffer_format(context, "skip %s: %s\n", short_path(path), why);
}

/* All that the intake tells of the paths, a line each; valid until the next call. */
static const char *take_in(void **state, const char *const *paths, size_t count)
{
    static struct buffer told;
    static struct tally ignored;
    buffer_reset(&told);
    buffer_text(&told, "");
    snprintf(base, sizeof base, "%s", (const char *)*state);
    intake = (struct intake){.context = &told,
                             .take = on_report,
                             .reject = on_reject,
                             .skip = on_skip,
                             .ignored = &ignored};
    ok(intake_run(&intake, paths, count, err));
    return told.bytes;
}

static const char *take_in_one(void **state, const char *path)
{
    return take_in(state, &path, 1);
}

static const struct member folder[] = {
    {.name = "./", .type = AE_IFDIR},
    {.name = "./a/one.txt", .text = "date 2023-11-15 One."},
    {.name = "./a/.hidden.txt", .text = "date 2023-11-15 Not this."},
    {.name = "./two.jsonl", .text = "{\"id\": \"2\", \"text\": \"Two.\"}\n{}\n"},
    {.name = "./picture.png", .text = "\x89PNG"},
};

static void every_kind_is_read_by_its_name_or_content(void **state)
{
    static const char *const kinds[][3] = {
        {"tar", "none", "p.tar"},     {"tar", "gzip", "p.tar.gz"}, {"tar", "xz", "p.txz"},
        {"tar", "zstd", "p.tar.zst"}, {"tar", "bzip2", "p.tbz2"},  {"zip", "none", "p.zip"},
        {"tar", "none", "p"},         {"tar", "zstd", "p"},        {"zip", "none", "p"},
        {"tar", "bzip2", "p"},        {"tar", "gzip", "p"},        {"tar", "xz", "p"},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const char *path = archives_make(state, kinds[i][2], kinds[i][0], kinds[i][1], NULL, folder,
                                         COUNT(folder));
        char expected[600];
        snprintf(expected, sizeof expected,
                 "report %s/a/one.txt:1 a/one.txt\n"
                 "report %s/two.jsonl:1 two.jsonl\n"
                 "reject %s/two.jsonl:2: the report has no text\n"
                 "skip %s/picture.png: of no format that is known\n",
                 kinds[i][2], kinds[i][2], kinds[i][2], kinds[i][2]);
        assert_string_equal(take_in_one(state, path), expected);
        assert_int_equal(intake.seen, 3);
        assert_int_equal(intake.files, 2);
        unlink(path);
    }
}

static void one_compressed_file_is_that_file(void **state)
{
    static const struct member file[] = {
        {.name = "x", .text = "{\"id\": \"1\", \"text\": \"One.\"}\n{\"text\": {}}\n"}};
    static const char *const names[][2] = {
        {"gzip", "d/w.jsonl.gz"},   {"xz", "d/w.jsonl.xz"}, {"zstd", "d/w.jsonl.zst"},
        {"bzip2", "d/w.jsonl.bz2"}, {"gzip", "d/w.jsonl"},  {"gzip", "d/w"},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *path = archives_make(state, names[i][1], "raw", names[i][0], NULL, file, 1);
        const char *origin = i == 5 ? "w" : "w.jsonl";
        char expected[600];
        snprintf(expected, sizeof expected,
                 "report %s:1 %s\n"
                 "reject %s:2: text: must be a string\n",
                 names[i][1], origin, names[i][1]);
        assert_string_equal(take_in_one(state, path), expected);
        assert_string_equal(take_in_one(state, scratch_path(state, "d")), expected);
        unlink(path);
    }
}

/* A packed folder is called as it was before it was packed, wherever it lies. */
static void origins_are_those_of_what_was_packed(void **state)
{
    static const struct member members[] = {
        {.name = "wire/a/one.txt", .text = "date 2023-11-15 One."},
        {.name = "wire/wire/two.txt", .text = "date 2023-11-15 Two."},
        {.name = "wired/three.txt", .text = "date 2023-11-15 Three."},
    };
    const char *path =
        archives_make(state, "d/2023/wire.tar.gz", "tar", "gzip", NULL, members, COUNT(members));
    assert_string_equal(take_in_one(state, path),
                        "report d/2023/wire.tar.gz/wire/a/one.txt:1 a/one.txt\n"
                        "report d/2023/wire.tar.gz/wire/wire/two.txt:1 wire/two.txt\n"
                        "report d/2023/wire.tar.gz/wired/three.txt:1 wired/three.txt\n");
    assert_string_equal(take_in_one(state, scratch_path(state, "d")),
                        "report d/2023/wire.tar.gz/wire/a/one.txt:1 2023/wire/a/one.txt\n"
                        "report d/2023/wire.tar.gz/wire/wire/two.txt:1 2023/wire/wire/two.txt\n"
                        "report d/2023/wire.tar.gz/wired/three.txt:1 2023/wire/wired/three.txt\n");
}

static void what_leads_out_of_an_archive_is_harmless(void **state)
{
    static const struct member members[] = {
        {.name = "/etc/one.txt", .text = "date 2023-11-15 One."},
        {.name = "../../two.txt", .text = "date 2023-11-15 Two."},
        {.name = "..", .text = "date 2023-11-15 Nameless."},
        {.name = "link.txt", .type = AE_IFLNK, .link = "/etc/passwd"},
        {.name = "hard.txt", .link = "../two.txt"},
        {.name = "fifo.txt", .type = AE_IFIFO},
        {.name = "device.txt", .type = AE_IFCHR},
        {.name = "b\xff/\xc3\xa9.txt", .text = "date 2023-11-15 Three."},
    };
    const char *path = archives_make(state, "p.tar", "tar", "none", NULL, members, COUNT(members));
    assert_string_equal(take_in_one(state, path),
                        "report p.tar/etc/one.txt:1 etc/one.txt\n"
                        "report p.tar/two.txt:1 two.txt\n"
                        "report p.tar/:1 unnamed\n"
                        "skip p.tar/link.txt: a link inside an archive\n"
                        "skip p.tar/hard.txt: a link inside an archive\n"
                        "skip p.tar/fifo.txt: a device, FIFO or socket inside an archive\n"
                        "skip p.tar/device.txt: a device, FIFO or socket inside an archive\n"
                        "report p.tar/b\xef\xbf\xbd/\xc3\xa9.txt:1 b\xef\xbf\xbd/\xc3\xa9.txt\n");
}

static void an_encrypted_member_is_one_report_rejected(void **state)
{
    static const struct member members[] = {{.name = "a.txt", .text = "date 2023-11-15 One."},
                                            {.name = "b.txt", .text = "date 2023-11-15 Two."}};
    const char *path = archives_make(state, "p.zip", "zip", "none", "word", members, 2);
    assert_string_equal(take_in_one(state, path), "reject p.zip/a.txt: is encrypted\n"
                                                  "reject p.zip/b.txt: is encrypted\n");
    assert_int_equal(intake.seen, 2);
}

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* Archives in archives: each is the folder that it stands for. */
static void archives_in_archives(void **state)
{
    size_t size;
    char *bytes = slurp(archives_make(state, "in.zip", "zip", "none", NULL, &folder[1], 1), &size);
    const struct member middle[] = {{.name = "deep/in.zip", .text = bytes, .size = size},
                                    {.name = "c.txt", .text = "date 2023-11-15 C."}};
    const char *path = archives_make(state, "out.tar.xz", "tar", "xz", NULL, middle, 2);
    assert_string_equal(take_in_one(state, path),
                        "report out.tar.xz/deep/in.zip/a/one.txt:1 deep/in/a/one.txt\n"
                        "report out.tar.xz/c.txt:1 c.txt\n");
    free(bytes);
}

static void nesting_is_limited(void **state)
{
    const struct member inner = {.name = "one.txt", .text = "date 2023-11-15 One."};
    const char *path = archives_make(state, "p.tar", "tar", "none", NULL, &inner, 1);
    for (unsigned depth = 1; depth <= LIMIT_ARCHIVE_DEPTH; depth++) {
        assert_non_null(strstr(take_in_one(state, path), "one.txt:1"));
        size_t size;
        char *bytes = slurp(path, &size);
        const struct member outer[] = {{.name = "p.tar", .text = bytes, .size = size},
                                       {.name = "two.txt", .text = "date 2023-11-15 Two."}};
        path = archives_make(state, "p.tar", "tar", "none", NULL, outer, 2);
        free(bytes);
    }
    const char *told = take_in_one(state, path);
    assert_non_null(
        strstr(told, "reject p.tar/p.tar/p.tar/p.tar/p.tar: more than 4 archives inside each other "
                     "(LIMIT_ARCHIVE_DEPTH)\n"));
    assert_null(strstr(told, "one.txt"));
    assert_int_equal(intake.seen, LIMIT_ARCHIVE_DEPTH + 1); /* and the rest is read */
}

/* Zeros that unpack to a thousand times their size, in any place: one line, and no more of it. */
static void bombs_are_refused(void **state)
{
    static const struct member members[] = {
        {.name = "a.txt", .text = "date 2023-11-15 One."},
        {.name = "bomb.txt", .size = LIMIT_ARCHIVE_FREE + (1 << 20)},
        {.name = "c.txt", .text = "date 2023-11-15 Never read."},
    };
    struct member hidden[] = {members[0], members[1], members[2]};
    hidden[1].name = ".bomb";
    const char *path = archives_make(state, "p.tgz", "tar", "gzip", NULL, members, 3);
    const char *expected = "report p.tgz/a.txt:1 a.txt\n"
                           "reject p.tgz/bomb.txt:1: unpacks to more than 250 times its size "
                           "(LIMIT_ARCHIVE_RATIO)\n";
    assert_string_equal(take_in_one(state, path), expected);
    size_t size;
    char *bytes = slurp(path, &size);
    const struct member outer[] = {{.name = "p.tgz", .text = bytes, .size = size},
                                   {.name = "c.txt", .text = "date 2023-11-15 Never read."}};
    path = archives_make(state, "o.zip", "zip", "none", NULL, outer, 2);
    assert_string_equal(take_in_one(state, path),
                        "report o.zip/p.tgz/a.txt:1 p/a.txt\n"
                        "reject o.zip/p.tgz/bomb.txt:1: unpacks to more than 250 times its size "
                        "(LIMIT_ARCHIVE_RATIO)\n");
    free(bytes);
    path = archives_make(state, "h.tgz", "tar", "gzip", NULL, hidden, 3);
    assert_string_equal(take_in_one(state, path),
                        "report h.tgz/a.txt:1 a.txt\n"
                        "reject h.tgz/.bomb: unpacks to more than 250 times its size "
                        "(LIMIT_ARCHIVE_RATIO)\n");
    assert_int_equal(intake.seen, 2);
}

/* Cut at any byte: the members in front are kept, and at most one report is rejected. */
static void a_damaged_archive_is_one_report_rejected(void **state)
{
    static const char *const kinds[][2] = {
        {"tar", "none"}, {"tar", "gzip"}, {"tar", "xz"}, {"tar", "zstd"}, {"zip", "none"}};
    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        size_t size;
        const char *path =
            archives_make(state, "p", kinds[kind][0], kinds[kind][1], NULL, folder + 1, 3);
        char *bytes = slurp(path, &size);
        for (size_t cut = 1; cut < size; cut += 1 + size / 97) {
            path = scratch_bytes(state, "q.tar", bytes, cut);
            const char *told = take_in_one(state, path);
            size_t rejects = 0;
            for (const char *at = told; (at = strstr(at, "reject ")) != NULL; at++)
                rejects++;
            rejects -= strstr(told, "two.jsonl:2: the report has no text") != NULL;
            assert_true(rejects <= 1);
            assert_true(rejects == 1 || strstr(told, "two.jsonl:1"));
        }
        free(bytes);
    }
    assert_string_equal(take_in_one(state, scratch_file(state, "x.zip", "no archive")),
                        "reject x.zip: is no archive, nor a compressed file, of a kind that is "
                        "known\n");
    assert_string_equal(take_in_one(state, scratch_file(state, "x.gz", "")),
                        "reject x.gz: is empty\n");
}

static void a_damaged_member_of_a_zip(void **state)
{
    static const struct member members[] = {
        {.name = "a.txt", .text = "date 2023-11-15 A."},
        {.name = "b.txt", .text = "date 2023-11-15 One of a kind."},
    };
    size_t size;
    const char *path = archives_make(state, "p.zip", "zip", "none", NULL, members, 2);
    char *bytes = slurp(path, &size);
    char *data = memmem(bytes, size, "b.txt", 5);
    assert_non_null(data);
    data[40] ^= 4;
    path = scratch_bytes(state, "q.zip", bytes, size);
    const char *told = take_in_one(state, path);
    assert_non_null(strstr(told, "report q.zip/a.txt:1 a.txt\n"));
    assert_non_null(strstr(told, "reject q.zip/b.txt"));
    assert_non_null(strstr(told, "cannot be unpacked"));
    assert_int_equal(intake.seen, 2);
    free(bytes);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_kind_is_read_by_its_name_or_content),
        TEST(one_compressed_file_is_that_file),
        TEST(origins_are_those_of_what_was_packed),
        TEST(what_leads_out_of_an_archive_is_harmless),
        TEST(an_encrypted_member_is_one_report_rejected),
        TEST(archives_in_archives),
        TEST(nesting_is_limited),
        TEST(bombs_are_refused),
        TEST(a_damaged_archive_is_one_report_rejected),
        TEST(a_damaged_member_of_a_zip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
