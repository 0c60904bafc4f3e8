/* Any query string is a question or a usage or limit error, and its canonical form is its own. */
#include <string.h>

#include "search/question.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct question question, again;
    struct error err = {0};
    FUZZ_CHECK(question_init(&question, &err) && question_init(&again, &err));
    if (question_parse_url((const char *)data, size, &question, &err) &&
        question_check(&question, &err)) {
        char *url = question_url(&question);
        FUZZ_CHECK(url && question_parse_url(url, strlen(url), &again, &err));
        FUZZ_CHECK(question_check(&again, &err));
        char *second = question_url(&again);
        FUZZ_CHECK(second && strcmp(url, second) == 0);
        free(url);
        free(second);
    } else {
        FUZZ_CHECK(err.code == ERROR_USAGE || err.code == ERROR_LIMIT);
    }
    question_clear(&question);
    question_clear(&again);
    return 0;
}
