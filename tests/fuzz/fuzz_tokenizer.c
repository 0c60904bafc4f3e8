/* Any bytes are cut into words that lie in order inside the text, and cleaned to UTF-8. */
#include <string.h>

#include "schema/tokenizer.h"
#include "tests/fuzz/fuzz.h"

static void cut(const char *text, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    size_t before = 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        FUZZ_CHECK(before <= token.begin && token.begin < token.end && token.end <= size);
        FUZZ_CHECK(token.size > 0 && token.size <= LIMIT_WORD_BYTES);
        FUZZ_CHECK(strlen(token.folded) == token.size);
        FUZZ_CHECK(text_is_utf8(token.folded, token.size));
        before = token.end;
    }
    tokenizer_end(&tokenizer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    cut(text, size);

    size_t clean_size;
    bool repaired;
    char *clean = text_clean(text, size, &clean_size, &repaired);
    FUZZ_CHECK(clean && text_is_utf8(clean, clean_size));
    FUZZ_CHECK(repaired == !text_is_utf8(text, size));
    free(clean);
    free(text_fold(text, size));
    return 0;
}
