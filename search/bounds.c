#include "search/bounds.h"

#include <math.h>
#include <string.h>

/* What a word adds is counted in steps of which more than 'least' has WHOLE or more: rounded up, so
 * that what is rounded away lets none go. */
#define PLACES 5
#define WHOLE  (1u << PLACES)
#define SLACK  (1 + 1e-9) /* of the rounding of floating point */

#define CHUNK 32 /* words at a time */

static unsigned steps_of(double most, double least)
{
    double steps = ceil(most / least * (WHOLE - 1) * SLACK);
    return steps < WHOLE ? (unsigned)steps : WHOLE;
}

/* The sums of the reports of some words. */
struct sums {
    uint64_t places[PLACES][CHUNK];
    uint64_t whole[CHUNK]; /* who has come to WHOLE */
};

static void begin(struct sums *sums, unsigned steps)
{
    memset(sums->whole, 0, sizeof sums->whole);
    for (unsigned place = 0; place < PLACES; place++)
        memset(sums->places[place], steps >> place & 1 ? 0xff : 0, sizeof sums->places[place]);
}

/* Adds so many steps, 1 to WHOLE - 1, to those in 'has'. */
#ifdef __x86_64__
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void
add(struct sums *sums, unsigned steps, const uint64_t *restrict has)
{
    uint64_t carry[CHUNK] = {0};
    for (unsigned place = (unsigned)__builtin_ctz(steps); place < PLACES; place++) {
        uint64_t wanted = steps >> place & 1 ? UINT64_MAX : 0, *sum = sums->places[place];
        for (size_t i = 0; i < CHUNK; i++) {
            uint64_t added = has[i] & wanted, both = sum[i] ^ added;
            uint64_t over = (sum[i] & added) | (carry[i] & both);
            sum[i] = both ^ carry[i];
            carry[i] = over;
        }
    }
    for (size_t i = 0; i < CHUNK; i++)
        sums->whole[i] |= carry[i];
}

/* Adds the steps of a bound to 'count' words from 'at' on. */
static void add_bound(struct sums *sums, const struct bound *bound, size_t at, size_t count)
{
    uint64_t has[CHUNK] = {0};
    memcpy(has, bound->set->words + at, count * sizeof has[0]);
    if (bound->steps < WHOLE)
        add(sums, bound->steps, has);
    else
        for (size_t i = 0; i < CHUNK; i++)
            sums->whole[i] |= has[i];
}

/* The steps that any report may have, at most WHOLE. */
static unsigned count_steps(struct bound *bounds, size_t count, double least)
{
    unsigned common = 0;
    for (size_t i = 0; i < count; i++) {
        bounds[i].steps = steps_of(bounds[i].most, least);
        common += bounds[i].set ? 0 : bounds[i].steps;
        common = common < WHOLE ? common : WHOLE;
    }
    return common;
}

bool bounds_narrow(struct bound *bounds, size_t count, double least, struct docset **set,
                   struct error *err)
{
    unsigned common = count_steps(bounds, count, least);
    if (common == WHOLE)
        return true;
    if (!docset_own(set, err))
        return false;
    for (size_t at = 0; at < (*set)->word_count; at += CHUNK) {
        size_t left = (*set)->word_count - at, words = left < CHUNK ? left : CHUNK;
        struct sums sums;
        begin(&sums, common);
        for (size_t i = 0; i < count; i++)
            if (bounds[i].set && bounds[i].steps > 0)
                add_bound(&sums, &bounds[i], at, words);
        docset_keep_words(*set, at, sums.whole, words);
    }
    return true;
}
