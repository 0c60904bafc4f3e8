/* A stored report of any bytes is refused or read, and one that was read comes back the same
 * after it is stored again. A body of any text completes, and its sections lie inside it. */
#include <string.h>

#include "schema/limits.h"
#include "schema/report.h"
#include "schema/tokenizer.h"
#include "tests/fuzz/fuzz.h"

static void decode(const char *bytes, size_t size)
{
    struct report report, again;
    struct error err = {0};
    if (!report_decode(bytes, size, &report, &err)) {
        FUZZ_CHECK(err.code == ERROR_CORRUPT);
        return;
    }
    char *stored, *stored_again, *described;
    size_t stored_size, again_size;
    FUZZ_CHECK(report_encode(&report, &stored, &stored_size, &err));
    FUZZ_CHECK(report_decode(stored, stored_size, &again, &err));
    FUZZ_CHECK(report_encode(&again, &stored_again, &again_size, &err));
    FUZZ_CHECK(stored_size == again_size && memcmp(stored, stored_again, again_size) == 0);
    FUZZ_CHECK(report_describe(&again, &described, &err));
    free(described);
    free(stored);
    free(stored_again);
    report_clear(&report);
    report_clear(&again);
}

static void complete(const char *bytes, size_t size)
{
    struct report report = {.day = day_parse_loose(bytes, size)};
    struct error err = {0};
    report.body = text_clean(bytes, size, &report.body_size, NULL);
    report.origin = strdup("input");
    if (report_complete(&report, &err)) {
        FUZZ_CHECK(report.faq_begin <= report.body_size);
        FUZZ_CHECK(report.sources_begin <= report.body_size);
        FUZZ_CHECK(report.title[0] && strlen(report.title) <= LIMIT_TITLE_BYTES);
        FUZZ_CHECK(text_is_utf8(report.title, strlen(report.title)));
        FUZZ_CHECK(!report.source || strlen(report.source) <= LIMIT_FIELD_BYTES);
        FUZZ_CHECK(!report.source || text_is_utf8(report.source, strlen(report.source)));
    } else {
        FUZZ_CHECK(err.code == ERROR_DATA || err.code == ERROR_LIMIT);
    }
    report_clear(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode((const char *)data, size);
    complete((const char *)data, size);
    return 0;
}
