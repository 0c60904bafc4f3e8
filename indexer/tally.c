#include "indexer/tally.h"

#include <string.h>

void tally_add(struct tally *tally, const char *name, size_t size, uint64_t count)
{
    if (size >= TALLY_NAME_BYTES)
        size = TALLY_NAME_BYTES - 1;
    size_t i = 0;
    while (i < tally->count &&
           (strncmp(tally->rows[i].name, name, size) != 0 || tally->rows[i].name[size] != '\0'))
        i++;
    if (i == TALLY_NAMES) {
        tally->others += count;
        return;
    }
    if (i == tally->count) {
        memcpy(tally->rows[i].name, name, size);
        tally->count++;
    }
    tally->rows[i].count += count;
}
