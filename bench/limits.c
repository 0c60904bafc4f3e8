/* limits: what the machine itself needs, below which no engine can go: nanoseconds a report.
 *
 *   limits [REPORTS]
 *
 * Prints lines of a name and a number: memory read in order (GB a second); bits of a set walked
 * (ns a report found); three facets counted for every report and for every tenth, from records of
 * 32 bytes with eight values each, by one core; the best of nine passes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples.h"

#define PASSES 9
#define VALUES 2048 /* numbers of values there are */

struct record {
    uint16_t values[16]; /* eight are used, as many as reports have on average */
};

static struct record *records;
static uint64_t *bits;
static size_t reports;
static uint32_t counts[VALUES];
static volatile uint64_t sink;

static size_t read_memory(void)
{
    const uint64_t *words = (const uint64_t *)records;
    size_t count = reports * sizeof(struct record) / sizeof words[0];
    uint64_t sum[8] = {0};
    for (size_t i = 0; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++)
            sum[j] += words[i + j];
    for (size_t j = 0; j < 8; j++)
        sink += sum[j];
    return count * sizeof words[0];
}

static size_t walk_bits(void)
{
    size_t found = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i <= reports / 64; i++)
        for (uint64_t word = bits[i]; word; word &= word - 1) {
            sum += i * 64 + (size_t)__builtin_ctzll(word);
            found++;
        }
    sink += sum;
    return found;
}

static size_t count_found(void)
{
    size_t found = 0;
    for (size_t i = 0; i <= reports / 64; i++)
        for (uint64_t word = bits[i]; word; word &= word - 1) {
            const struct record *record = &records[i * 64 + (size_t)__builtin_ctzll(word)];
            for (size_t j = 0; j < 8; j++)
                counts[record->values[j]]++;
            found++;
        }
    return found;
}

/* Seconds for one unit of what 'pass' does. */
static double best(size_t (*pass)(void))
{
    double least = 1e9;
    for (int i = 0; i < PASSES; i++) {
        double start = seconds_now();
        size_t units = pass();
        double took = (seconds_now() - start) / (double)units;
        least = took < least ? took : least;
    }
    return least;
}

static void set_every(size_t step)
{
    memset(bits, 0, (reports / 64 + 1) * sizeof bits[0]);
    uint32_t random = 1;
    for (size_t i = 0; i < reports; i++) {
        random = random * 1664525u + 1013904223u;
        if ((random >> 8) % step == 0)
            bits[i / 64] |= UINT64_C(1) << (i % 64);
    }
}

int main(int argc, char **argv)
{
    reports = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    records = calloc(reports + 64, sizeof records[0]);
    bits = calloc(reports / 64 + 1, sizeof bits[0]);
    if (!records || !bits || reports == 0)
        return 71;
    uint64_t random = 1;
    for (size_t i = 0; i < reports; i++)
        for (size_t j = 0; j < 8; j++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            double share = (double)(random >> 40) / 0x1p24;
            records[i].values[j] = (uint16_t)(share * share * VALUES);
        }
    printf("read\t%.1f\tGB/s\n", 1e-9 / best(read_memory));
    set_every(10);
    printf("walk\t%.2f\tns a report, one of ten\n", 1e9 * best(walk_bits));
    printf("count_tenth\t%.2f\tns a report, one of ten\n", 1e9 * best(count_found));
    set_every(1);
    printf("count_all\t%.2f\tns a report, all\n", 1e9 * best(count_found));
    free(records);
    free(bits);
    return 0;
}
