/* Any bytes are the beginning of a request or none, and what is read of them can be told again. */
#include <string.h>

#include "fcgi/environment.h"
#include "fcgi/request.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *bytes = malloc(size + !size);
    char *variables[ENVIRONMENT_ROOM];
    struct request request = {0};
    struct error err = {0};
    FUZZ_CHECK(bytes);
    memcpy(bytes, data, size);
    if (environment_read(bytes, size, variables)) {
        const char *end = (const char *)bytes;
        for (size_t i = 0; variables[i]; i++) {
            FUZZ_CHECK(i + 1 < ENVIRONMENT_ROOM && variables[i] >= end);
            end = variables[i] + strlen(variables[i]) + 1;
            FUZZ_CHECK((size_t)(end - (const char *)bytes) <= size);
        }
        FUZZ_CHECK(request_read(variables, &request, &err) || err.text[0]);
        request_clear(&request);
    }
    free(bytes);
    return 0;
}
