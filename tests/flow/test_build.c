/* sitrep-index as its users run it: reports in, a generation out, and what goes wrong. */
#include "schema/generation.h"
#include "schema/report.h"
#include "schema/vocabulary_compiled.h"
#include "tests/unit/program.h"

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    return 0;
}

static void expect_dump(void **state, const char *id, const char *part)
{
    char arguments[200];
    snprintf(arguments, sizeof arguments, "dump --index DIR/index %s", id);
    struct run run = program_run(state, arguments);
    expect_exit(run, 0);
    expect_text(run.out, part);
}

static void check_index(void **state)
{
    struct run run = program_run(state, "check --index DIR/index");
    expect_exit(run, 0);
    expect_text(run.out, "structure sound");
}

static void all_formats_in_one_run(void **state)
{
    scratch_file(state, "in/a.txt",
                 " date 2023-11-15 The River Front (RF) took Lower Ford in Zanbar.");
    scratch_file(
        state, "in/sub/b.jsonl",
        "{\"id\": \"b1\", \"text\": \"Quiet.\", \"date\": \"2023-01-01\", \"mood\": \"x\"}\n"
        "{\"id\": \"b2\", \"text\": \"Calm.\", \"actors\": [\"RF\", \"Nobody\"]}\n"
        "{\"id\": \"b3\"}\n");
    scratch_file(state, "in/c.csv", "id,text\nc1,One.\nc2,\"Two.\nMore.\"\nc3\n");
    scratch_file(state, "in/notes.log", "Not a report\n");
    struct run run = program_run(state, BUILD "--progress json --workers 2 DIR/in");
    expect_exit(run, 0);
    expect_text(run.out, "\"phase\":\"published\",\"generation\":\"000001\",\"reports\":5");
    expect_text(run.out, "\"seen\":7,\"accepted\":5,\"unchanged\":0,\"rejected\":2,\"skipped\":1");
    expect_text(run.err, "in/notes.log: passed over: of no format that is known\n");
    expect_text(run.err, "in/sub/b.jsonl:3: the report has no text\n");
    expect_text(run.err, "in/c.csv:5: columns: 1; the first row has 2\n");
    expect_dump(state, "c2", "Two.\\nMore.");
    char id[17];
    report_hash_id("a.txt", id);
    expect_dump(state, id, "\"river-front\"");
    expect_dump(state, id, "\"ZA-1\"");
    expect_dump(state, id, "\"west\"");
    check_index(state);
    run = program_run(state, BUILD "DIR/in");
    expect_exit(run, 0);
    struct counts counts = summary(&run);
    assert_int_equal(counts.unchanged, 5);
    assert_int_equal(counts.rejected, 2);
    expect_text(run.out, "ignored fields: mood (1)\n");
    expect_text(run.out, "1 of 2 given tags are not in the vocabulary\n");
    char rejects[1000];
    read_text(scratch_path(state, "index/current/rejects.jsonl"), rejects, sizeof rejects);
    expect_text(rejects, "\"reason\":\"the report has no text\"");
}

static void the_same_text_twice_is_linked(void **state)
{
#define TEXT                                                                                       \
    "Men on motorbikes attacked the village of Koro before dawn on Friday, burned its granaries "  \
    "and drove off the cattle, the mayor said."
    scratch_file(state, "in/r.jsonl",
                 "{\"id\": \"copy\", \"date\": \"2023-01-02\", \"text\": \"" TEXT "\"}\n"
                 "{\"id\": \"first\", \"date\": \"2023-01-01\", \"text\": \"" TEXT "\"}\n"
                 "{\"id\": \"other\", \"text\": \"Quiet.\"}\n");
#undef TEXT
    struct run run = program_run(state, BUILD "DIR/in");
    expect_exit(run, 0);
    expect_text(run.out, "2 reports have nearly the same text as another; 1 such texts\n");
    expect_dump(state, "copy", "\"same\": \"first\"");
    expect_dump(state, "first", "\"same\": \"first\"");
    expect_dump(state, "other", "\"same\": null");
}

static void the_last_report_of_an_id_wins(void **state)
{
    scratch_file(state, "in/1.jsonl",
                 "{\"id\": \"x\", \"text\": \"First.\"}\n"
                 "{\"id\": \"x\", \"text\": \"Second.\"}\n");
    scratch_file(state, "in/2.jsonl",
                 "{\"id\": \"y\", \"text\": \"Other.\"}\n"
                 "{\"id\": \"x\", \"text\": \"Third.\"}\n");
    struct run run = program_run(state, BUILD "DIR/in");
    expect_exit(run, 0);
    struct counts counts = summary(&run);
    assert_int_equal(counts.accepted, 2);
    assert_int_equal(counts.rejected, 2);
    expect_text(run.err, "in/1.jsonl:1: replaced by a later report of the same id ('x' in ");
    expect_dump(state, "x", "Third.");
}

static void standard_input(void **state)
{
    scratch_file(state, "text", "{\"id\": \"x\", \"text\": \"Through a pipe.\"}\n{\n");
    char command[2000];
    snprintf(command, sizeof command,
             "cat %s/text | " SITREP_INDEX_PROGRAM
             " build --index %s/index --vocabulary %s/vocabulary - >%s/out 2>%s/err",
             (char *)*state, (char *)*state, (char *)*state, (char *)*state, (char *)*state);
    struct run run = {.status = system(command)};
    read_text(scratch_path(state, "out"), run.out, sizeof run.out);
    read_text(scratch_path(state, "err"), run.err, sizeof run.err);
    expect_exit(run, 0);
    assert_int_equal(summary(&run).accepted, 1);
    expect_text(run.err, "standard input:2: not JSON");
    expect_dump(state, "x", "Through a pipe.");
}

/* What is no report is told, and neither hangs nor stops the run. */
static void odd_things_in_a_directory(void **state)
{
    scratch_file(state, "in/a.txt", "date 2023-11-15 Text.");
    assert_int_equal(mkfifo(scratch_path(state, "in/fifo.txt"), 0600), 0);
    assert_int_equal(symlink("..", scratch_path(state, "in/loop")), 0);
    struct run run =
        program_run(state, BUILD
                    "DIR/in /dev/null DIR/in/fifo.txt DIR/absent.jsonl DIR/vocabulary/test.actors");
    expect_exit(run, 0);
    struct counts counts = summary(&run);
    assert_int_equal(counts.accepted, 1);
    assert_int_equal(counts.rejected, 2); /* the absent file, the named one of no format */
    expect_text(run.err, "in/fifo.txt: passed over: a FIFO");
    expect_text(run.err, "in/loop: passed over: a symbolic link");
    expect_text(run.err, "/dev/null: passed over: a device");
    expect_text(run.err, "absent.jsonl: cannot be read: No such file or directory");
    expect_text(run.err, "test.actors: neither its name nor its content");
}

static void an_unreadable_file_is_one_reject(void **state)
{
    if (geteuid() != 0) {
        print_message("skipped: needs root, to give root's rights away\n");
        skip();
    }
    scratch_file(state, "in/a.txt", "date 2023-11-15 Text.");
    const char *closed = scratch_file(state, "in/closed.txt", "date 2023-11-15 Secret.");
    scratch_file(state, "in/dir/b.txt", "date 2023-11-15 Hidden.");
    assert_int_equal(chmod(closed, 0), 0);
    assert_int_equal(chmod(scratch_path(state, "in/dir"), 0), 0);
    assert_int_equal(chmod((char *)*state, 0777), 0);
    struct run run = program_end(state, program_start(state, true, BUILD "DIR/in"));
    expect_exit(run, 0);
    struct counts counts = summary(&run);
    assert_int_equal(counts.accepted, 1);
    assert_int_equal(counts.rejected, 2);
    expect_text(run.err, "closed.txt: cannot be opened: Permission denied");
    expect_text(run.err, "in/dir: cannot be read: Permission denied");
}

static void a_second_writer_is_turned_away(void **state)
{
    scratch_file(state, "in/a.txt", "date 2023-11-15 Text.");
    /* The first waits for its standard input for as long as the test holds it. */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t first = program_start(state, false, BUILD "-");
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
    char expected[100];
    snprintf(expected, sizeof expected, "process %ld is writing to this index", (long)first);
    for (int i = 0; i < 500; i++) { /* until it has written its number into the lock */
        char lock[100] = "";
        FILE *file = fopen(scratch_path(state, "index/lock"), "r");
        if (file) {
            lock[fread(lock, 1, sizeof lock - 1, file)] = '\0';
            fclose(file);
        }
        if (atol(lock) == first)
            break;
        usleep(10000);
    }
    static const char *const commands[] = {BUILD "DIR/in", "rollback --index DIR/index",
                                           "prune --index DIR/index"};
    for (size_t i = 0; i < 3; i++) {
        struct run run = program_run(state, commands[i]);
        expect_exit(run, EX_TEMPFAIL);
        expect_text(run.err, expected);
    }
    static const char report[] = "{\"id\": \"x\", \"text\": \"At last.\"}\n";
    assert_int_equal(write(ends[1], report, sizeof report - 1), sizeof report - 1);
    close(ends[1]);
    struct run run = program_end(state, first);
    assert_true(WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0);
    expect_dump(state, "x", "At last.");
}

static void what_was_published_stays_when_nothing_is_accepted(void **state)
{
    scratch_file(state, "good.txt", "date 2023-11-15 Text.");
    scratch_file(state, "bad.txt", "no date");
    scratch_file(state, "none/README.md", "");
    struct run run = program_run(state, BUILD "DIR/bad.txt");
    expect_exit(run, EX_DATAERR);
    expect_exit(program_run(state, "status --index DIR/index"), EX_NOINPUT);
    expect_exit(program_run(state, BUILD "DIR/good.txt"), 0);
    run = program_run(state, BUILD "DIR/bad.txt DIR/none");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "no report was accepted");
    run = program_run(state, "status --index DIR/index");
    expect_exit(run, 0);
    expect_text(run.out, "* 000001");
}

/* A vocabulary with a fault publishes nothing, and the one that serves goes on serving. */
static void what_was_published_stays_when_the_vocabulary_is_broken(void **state)
{
    scratch_file(state, "in/a.txt", "date 2023-11-15 The River Front took Lower Ford.");
    struct run run = program_run(state, BUILD "DIR/in");
    expect_exit(run, 0);
    char id[17];
    report_hash_id("a.txt", id);
    scratch_file(state, "vocabulary/more.actors",
                 "actor: lake-league\nkind: militia\nparent: nobody\nname: Lake League\n");
    run = program_run(state, BUILD "DIR/in");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "more.actors:3: the parent \"nobody\" of lake-league");
    const char *end = strchr(run.err, '\n');
    assert_true(end && end[1] == '\0');
    run = program_run(state, "list --index DIR/index");
    expect_text(run.out, "* 000001");
    assert_null(strstr(run.out, "000002"));
    expect_dump(state, id, "\"river-front\"");
    check_index(state);
    assert_int_equal(access(scratch_path(state, "index/building"), F_OK), -1);
    scratch_file(state, "vocabulary/more.actors",
                 "actor: lake-league\nkind: militia\nname: Lake League\n");
    expect_exit(program_run(state, BUILD "DIR/in"), 0);
    run = program_run(state, "list --index DIR/index");
    expect_text(run.out, "* 000002");
}

/* The compiled vocabulary is made from the text beside it, and the manifest covers it. */
static void the_vocabulary_is_compiled_and_covered(void **state)
{
    scratch_file(state, "a.txt", "date 2023-11-15 The River Front took Lower Ford.");
    expect_exit(program_run(state, BUILD "DIR/a.txt"), 0);
    struct generation generation;
    struct vocabulary *mapped = NULL;
    ok(generation_current(scratch_path(state, "index"), &generation, err));
    const char *path = scratch_path(state, "index/current/vocabulary.compiled");
    ok(vocabulary_map(path, generation.vocabulary_hash, &mapped, err));
    assert_non_null(mapped);
    assert_non_null(vocabulary_find(mapped, MENTION_ACTOR, "river-front"));
    vocabulary_close(mapped);
    generation_clear(&generation);
    check_index(state);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fputc('S', file), 'S');
    assert_int_equal(fclose(file), 0);
    struct run run = program_run(state, "check --index DIR/index");
    expect_exit(run, EX_UNAVAILABLE);
    expect_text(run.err, "vocabulary.compiled");
}

static void generations_are_kept_listed_and_rolled_back(void **state)
{
    char text[100];
    for (int i = 1; i <= 5; i++) {
        snprintf(text, sizeof text, "{\"id\": \"x\", \"text\": \"Version %d.\"}\n", i);
        scratch_file(state, "in.jsonl", text);
        expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    }
    struct run run = program_run(state, "list --index DIR/index");
    expect_text(run.out, "  000003");
    expect_text(run.out, "* 000005");
    assert_null(strstr(run.out, "000002"));
    run = program_run(state, "rollback --index DIR/index");
    expect_exit(run, 0);
    expect_dump(state, "x", "Version 4.");
    expect_exit(program_run(state, "rollback --index DIR/index 000003"), 0);
    expect_dump(state, "x", "Version 3.");
    expect_exit(program_run(state, "rollback --index DIR/index"), EX_NOINPUT);
    run = program_run(state, "prune --keep 1 --index DIR/index");
    expect_exit(run, 0);
    expect_text(run.out, "1 generations removed"); /* 000003 is current, 000005 the newest */
    check_index(state);
}

static void a_broken_index_is_told(void **state)
{
    scratch_file(state, "a.txt", "date 2023-11-15 Text.");
    expect_exit(program_run(state, BUILD "DIR/a.txt"), 0);
    FILE *file = fopen(scratch_path(state, "index/current/database/postlist.glass"), "r+");
    assert_non_null(file);
    fseek(file, 100, SEEK_SET);
    fputc('!', file);
    fclose(file);
    struct run run = program_run(state, "check --index DIR/index");
    expect_exit(run, EX_UNAVAILABLE);
    expect_text(run.err, "database/postlist.glass is not what was published");
    assert_int_equal(truncate(scratch_path(state, "index/current/database/iamglass"), 3), 0);
    run = program_run(state, "status --index DIR/index");
    expect_exit(run, EX_UNAVAILABLE);
    scratch_file(state, "index/current/manifest.json", "{");
    run = program_run(state, "status --index DIR/index");
    expect_exit(run, EX_UNAVAILABLE);
    expect_text(run.err, "manifest");
    /* None of that keeps a new index from being built. */
    expect_exit(program_run(state, BUILD "DIR/a.txt"), 0);
    check_index(state);
}

static void one_clear_line_for_what_is_asked_wrongly(void **state)
{
    scratch_file(state, "a.txt", "date 2023-11-15 Text.");
    scratch_file(state, "broken/x.actors", "actor: a\nnonsense\nparent: nobody\n");
    static const struct {
        const char *arguments, *says;
        int status;
    } cases[] = {
        {"", "no such command", EX_USAGE},
        {"bild", "no such command", EX_USAGE},
        {"build --index DIR/index", "usage: sitrep-index build PATH...", EX_USAGE},
        {"status extra --index DIR/index", "usage", EX_USAGE},
        {"status --workers 2", "not an option of this command", EX_USAGE},
        {BUILD "--workers 0 DIR/a.txt", "'0' is not a number from 1 to 1024", EX_USAGE},
        {BUILD "--progress loud DIR/a.txt", "'loud' is none of", EX_USAGE},
        {"status --index DIR/absent", "no index here", EX_NOINPUT},
        {"check --index DIR/absent", "no index here", EX_NOINPUT},
        {"list --index DIR/absent", "no index here", EX_NOINPUT},
        {"dump x --index DIR/absent", "no index here", EX_NOINPUT},
        {"build --index DIR/index --vocabulary DIR/absent DIR/a.txt", "absent", EX_NOINPUT},
        {"build --index DIR/index --vocabulary DIR/broken DIR/a.txt", "broken/x.actors:2",
         EX_DATAERR},
        {"build --index DIR/a.txt/index --vocabulary DIR/vocabulary DIR/a.txt", "cannot make",
         EX_CANTCREAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run = program_run(state, cases[i].arguments);
        expect_exit(run, cases[i].status);
        expect_text(run.err, cases[i].says);
        char *newline = strchr(run.err, '\n');
        assert_true(newline && newline[1] == '\0');
        assert_string_equal(run.out, "");
    }
    expect_exit(program_run(state, BUILD "DIR/a.txt"), 0);
    struct run run = program_run(state, "dump --index DIR/index absent");
    expect_exit(run, EX_NOINPUT);
    run = program_run(state, "build --help");
    expect_exit(run, 0);
    expect_text(run.out, "--vocabulary DIR");
    expect_text(run.out, "JSON Lines");
    run = program_run(state, "--help");
    expect_exit(run, 0);
    expect_text(run.out, "rollback");
}

static void tags_are_explained_without_an_index(void **state)
{
    scratch_file(state, "in/a.txt",
                 "date 2023-11-15 The River Front (RF) took Lower Ford in Zanbar.");
    scratch_file(state, "bad.jsonl", "{\"id\": \"x\"}\n");
    scratch_file(state, "broken/x.actors", "actor: a\nnonsense\nparent: nobody\n");
    struct run run = program_run(state, "explain --vocabulary DIR/vocabulary DIR/in");
    expect_exit(run, 0);
    expect_text(run.out, "\"River Front\" = river-front (RF)");
    run = program_run(state, "explain --json --vocabulary DIR/vocabulary DIR/in/a.txt");
    expect_exit(run, 0);
    expect_text(run.out, "\"ZA-1\"");
    run = program_run(state, "explain --vocabulary DIR/vocabulary DIR/bad.jsonl");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "bad.jsonl:1: the report has no text");
    run = program_run(state, "explain --vocabulary DIR/vocabulary DIR/absent");
    expect_exit(run, EX_NOINPUT);
    run = program_run(state, "vocabulary check --vocabulary DIR/vocabulary");
    expect_exit(run, 0);
    expect_text(run.out, "2 actors, 3 regions, no fault");
    run = program_run(state, "vocabulary check --vocabulary DIR/broken");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "broken/x.actors:2");
    expect_text(run.err, "broken/x.actors:3");
    expect_exit(program_run(state, "vocabulary chuck --vocabulary DIR/vocabulary"), EX_USAGE);
}

static void extraction_is_scored_against_gold(void **state)
{
    scratch_file(state, "gold.jsonl",
                 "{\"text\": \"The River Front took Lower Ford in Zanbar.\", \"country\": "
                 "[\"Zanbar\"], \"actors\": [\"River Front\", \"Unheard Of\"]}\n\n");
    scratch_file(state, "bad-gold.jsonl", "{\"text\": \"x\"}\n{\"id\": \"x\"}\n");
    struct run run = program_run(state, "score --vocabulary DIR/vocabulary DIR/gold.jsonl");
    expect_exit(run, 0);
    expect_text(run.out, "country        precision 1.000  recall 1.000");
    expect_text(run.out, "actors not covered: Unheard Of");
    run = program_run(state, "score --json --vocabulary DIR/vocabulary DIR/gold.jsonl");
    expect_exit(run, 0);
    expect_text(run.out, "{\"reports\":1,\"fields\":{\"country\":{\"reports\":1,\"gold\":1,");
    run = program_run(state, "score --vocabulary DIR/vocabulary DIR/bad-gold.jsonl");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "bad-gold.jsonl:2: a gold report has no \"text\"");
    run = program_run(state, "score --vocabulary DIR/vocabulary DIR/absent");
    expect_exit(run, EX_NOINPUT);
}

static void demonyms_can_be_switched_off(void **state)
{
    scratch_file(state, "vocabulary/more.regions", "more: ZA\ndemonym: Zanbari\n");
    scratch_file(state, "in/a.txt", "date 2023-11-15 Zanbari troops left.");
    struct run run = program_run(state, "explain --vocabulary DIR/vocabulary DIR/in");
    expect_text(run.out, "regions: ZA");
    run = program_run(state, "explain --no-demonyms --vocabulary DIR/vocabulary DIR/in");
    expect_exit(run, 0);
    expect_text(run.out, "regions:\n");
    run = program_run(state, BUILD "--no-demonyms DIR/in");
    expect_exit(run, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_formats_in_one_run),
        TEST(the_same_text_twice_is_linked),
        TEST(the_last_report_of_an_id_wins),
        TEST(standard_input),
        TEST(odd_things_in_a_directory),
        TEST(an_unreadable_file_is_one_reject),
        TEST(a_second_writer_is_turned_away),
        TEST(what_was_published_stays_when_nothing_is_accepted),
        TEST(what_was_published_stays_when_the_vocabulary_is_broken),
        TEST(the_vocabulary_is_compiled_and_covered),
        TEST(generations_are_kept_listed_and_rolled_back),
        TEST(a_broken_index_is_told),
        TEST(tags_are_explained_without_an_index),
        TEST(extraction_is_scored_against_gold),
        TEST(demonyms_can_be_switched_off),
        TEST(one_clear_line_for_what_is_asked_wrongly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
