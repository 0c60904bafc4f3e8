/* Any text goes through extraction, and every mention stands in it, in order, and names
 * something that the vocabulary has. The vocabulary is that of the cases of extraction. */
#include <string.h>

#include "indexer/explain.h"
#include "indexer/extraction.h"
#include "schema/tokenizer.h"
#include "tests/fuzz/fuzz.h"

static struct vocabulary *vocabulary;
static struct extraction *extraction;

static void check(const struct report *report)
{
    const struct mention *last = NULL;
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        size_t size = mention->part == PART_TITLE ? strlen(report->title) : report->body_size;
        FUZZ_CHECK(mention->begin < mention->end && mention->end <= size);
        FUZZ_CHECK(mention->confidence <= 100 && explain_rule(mention->rule)[0]);
        FUZZ_CHECK(!last || last->kind < mention->kind ||
                   (last->kind == mention->kind && last->part <= mention->part));
        if (mention->kind == MENTION_ACTOR || mention->kind == MENTION_REGION)
            FUZZ_CHECK(vocabulary_find(vocabulary, mention->kind, mention->id) != NULL);
        last = mention;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {.code = ERROR_NONE};
    if (!vocabulary)
        FUZZ_CHECK(vocabulary_open(FUZZ_VOCABULARY, &vocabulary, &err) &&
                   extraction_open(vocabulary, NULL, &extraction, &err));
    struct report report = {.day = size ? 19000 + data[0] * 20 : DAY_NONE};
    report.body = text_clean((const char *)data, size, &report.body_size, NULL);
    report.title = strndup(report.body, 40);
    FUZZ_CHECK(extraction_run(extraction, &report, &err));
    check(&report);
    report_clear(&report);
    return 0;
}
