/* samples.h: times measured again and again, and what is said of them. */
#ifndef SITREP_BENCH_SAMPLES_H
#define SITREP_BENCH_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

/* Zero it before first use. */
struct samples {
    double *values;
    size_t count, room;
};

/* False out of memory. */
bool samples_add(struct samples *samples, double value);
/* The value that 'share' of them do not pass (nearest rank); 0 where there are none. Sorts. */
double samples_at(struct samples *samples, double share);
/* The n-th root of the product; 0 where there are none. */
double samples_geometric_mean(const struct samples *samples);
void samples_clear(struct samples *samples);
/* Seconds of a clock that only goes on. */
double seconds_now(void);

#endif
