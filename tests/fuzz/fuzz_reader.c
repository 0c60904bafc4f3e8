/* Any bytes as a file of each format: what comes out is whole reports and rejects with a reason,
 * and it ends. The first byte chooses the format. */
#include "indexer/reader.h"
#include "schema/tokenizer.h"
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.txt", "a.jsonl", "a.csv", "a.html", "a.md", "a"};
    if (size == 0)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    struct memory memory = {data + 1, size - 1};
    struct input *input = memory_open(&memory);
    struct tally ignored = {0};
    struct reader *reader = NULL;
    struct error err = {0};
    bool known = false;
    FUZZ_CHECK(reader_open(input, name, name, &ignored, &reader, &known, &err));
    struct report report = {0};
    enum read_result result = READ_END;
    size_t count = 0;
    do {
        struct error why = {0};
        result = known ? reader_next(reader, &report, &why) : READ_END;
        if (result == READ_REPORT)
            FUZZ_CHECK(report.id && report.title && report.body_size > 0 &&
                       text_is_utf8(report.body, report.body_size));
        if (result == READ_REJECT)
            FUZZ_CHECK(why.text[0] && why.where[0]);
        report_clear(&report);
        FUZZ_CHECK(count++ <= size + 2);
    } while (result != READ_END);
    reader_close(reader);
    input_close(input);
    return 0;
}
