/* asking.h: random questions over an oracle's reports, and smaller ones like them. */
#ifndef SITREP_ASKING_H
#define SITREP_ASKING_H

#include "tests/flow/oracle.h"

/* xorshift64*: the same questions from the same seed, on every machine. */
struct dice {
    uint64_t state;
};
uint64_t dice_next(struct dice *dice);
/* 0 to below - 1. */
uint32_t dice_roll(struct dice *dice, uint32_t below);

/* Most find something: their words and values are those of reports. */
void asking_make(struct dice *dice, const struct oracle *oracle, struct ask *out);
void asking_copy(const struct ask *ask, struct ask *out);
void asking_clear(struct ask *ask);

/* The question made smaller in the way of number 'way', from 0; false where there are no more
 * ways. '*out' is a copy to be cleared, also where it says '*same'. */
bool asking_shrink(const struct ask *ask, size_t way, struct ask *out, bool *same);

#endif
