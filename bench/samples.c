#include "bench/samples.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "schema/buffer.h"

bool samples_add(struct samples *samples, double value)
{
    if (!array_reserve(&samples->values, &samples->room, samples->count + 1,
                       sizeof samples->values[0]))
        return false;
    samples->values[samples->count++] = value;
    return true;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double samples_at(struct samples *samples, double share)
{
    if (samples->count == 0)
        return 0;
    qsort(samples->values, samples->count, sizeof samples->values[0], compare);
    size_t rank = (size_t)ceil(share * (double)samples->count);
    return samples->values[rank > 0 ? rank - 1 : 0];
}

double samples_geometric_mean(const struct samples *samples)
{
    double sum = 0;
    for (size_t i = 0; i < samples->count; i++)
        sum += log(samples->values[i]);
    return samples->count ? exp(sum / (double)samples->count) : 0;
}

void samples_clear(struct samples *samples)
{
    free(samples->values);
    *samples = (struct samples){0};
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
