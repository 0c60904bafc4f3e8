/* A vocabulary file of any bytes is refused, with FILE:LINE, or read, and then every name of
 * it is found again. The first byte chooses the form of the file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "schema/gazetteer.h"
#include "schema/vocabulary.h"
#include "tests/fuzz/fuzz.h"

static bool check_problem(void *context, const struct error *problem)
{
    (void)context;
    FUZZ_CHECK(problem->code == ERROR_DATA && problem->text[0]);
    FUZZ_CHECK(strrchr(problem->where, ':') != NULL);
    return true;
}

static void check_names(const struct vocabulary *vocabulary)
{
    for (int type = MENTION_ACTOR; type <= MENTION_REGION; type++) {
        for (size_t i = 0; i < vocabulary_count(vocabulary, (enum mention_kind)type); i++) {
            const struct concept *concept = vocabulary_at(vocabulary, (enum mention_kind)type, i);
            FUZZ_CHECK(vocabulary_find(vocabulary, concept->type, concept->id) == concept);
            for (size_t j = 0; j < concept->name_count; j++)
                FUZZ_CHECK(gazetteer_find(vocabulary_gazetteer(vocabulary), concept->names[j].text,
                                          strlen(concept->names[j].text)) != GAZETTEER_NONE);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const endings[] = {"actors", "regions", "places", "words"};
    char directory[] = "/tmp/sitrep-fuzz-XXXXXX", path[64];
    if (size == 0)
        return 0;
    FUZZ_CHECK(mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/x.%s", directory, endings[data[0] % 4]);
    FILE *file = fopen(path, "w");
    FUZZ_CHECK(file && fwrite(data + 1, 1, size - 1, file) == size - 1 && fclose(file) == 0);
    struct error err = {.code = ERROR_NONE};
    struct vocabulary *vocabulary = NULL;
    size_t problems = 0;
    FUZZ_CHECK(vocabulary_check(directory, check_problem, NULL, &problems, &err));
    bool opened = vocabulary_open(directory, &vocabulary, &err);
    FUZZ_CHECK(opened == (problems == 0));
    FUZZ_CHECK(opened || err.code == ERROR_DATA);
    if (opened)
        check_names(vocabulary);
    vocabulary_close(vocabulary);
    unlink(path);
    rmdir(directory);
    return 0;
}
