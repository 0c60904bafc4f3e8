#include "search/lengths.h"

#include <stdlib.h>
#include <string.h>

#define READ_ROOM 1024

static bool read_lengths(struct xap_postings *all, struct lengths *lengths, struct xap_error *err)
{
    uint32_t docids[READ_ROOM], read[READ_ROOM];
    size_t count;
    do {
        if (!xap_postings_read(all, READ_ROOM, docids, NULL, read, &count, err))
            return false;
        for (size_t i = 0; i < count && docids[i] <= lengths->last; i++) {
            lengths->of[docids[i]] = read[i];
            lengths->shortest = read[i] < lengths->shortest ? read[i] : lengths->shortest;
            lengths->longest = read[i] > lengths->longest ? read[i] : lengths->longest;
        }
    } while (count == READ_ROOM);
    return true;
}

/* Those that are known from before. Of reports that are gone they are still among the shortest
 * and longest: both are bounds. */
static void take_lengths(struct lengths *lengths, const struct lengths *before)
{
    uint32_t last = before->last < lengths->last ? before->last : lengths->last;
    memcpy(lengths->of, before->of, ((size_t)last + 1) * sizeof lengths->of[0]);
    lengths->shortest = before->shortest;
    lengths->longest = before->longest;
}

bool lengths_load(const struct xap_db *db, uint32_t last, const struct lengths *before,
                  struct lengths *out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *all = NULL;
    struct lengths lengths = {.last = last, .shortest = UINT32_MAX};
    double average = 0;
    lengths.of = calloc((size_t)last + 1, sizeof lengths.of[0]);
    if (!lengths.of)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading the lengths");
    if (before && before->longest > 0)
        take_lengths(&lengths, before);
    bool ok = xap_db_average_length(db, &average, &xapian) &&
              xap_postings_open(db, "", &all, &xapian) &&
              (!before || xap_postings_skip_to(all, before->last + 1, &xapian)) &&
              read_lengths(all, &lengths, &xapian);
    xap_postings_close(all);
    if (!ok) {
        lengths_clear(&lengths);
        return error_set_xapian(err, NULL, &xapian);
    }
    if (lengths.shortest > lengths.longest)
        lengths.shortest = 0;
    lengths.factor = average > 0 ? 1 / average : 0;
    *out = lengths;
    return true;
}

void lengths_clear(struct lengths *lengths)
{
    free(lengths->of);
    *lengths = (struct lengths){0};
}
