#include "indexer/placing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

enum kind { KIND_AREA, KIND_COUNTRY, KIND_DIVISION, KIND_PLACE };

/* What is known of a region beyond the vocabulary. */
struct standing {
    uint16_t country, division; /* numbers of the country and division it is or lies in; 0 none */
    uint8_t kind;
    uint8_t known; /* filled in */
};

struct placing {
    const struct concept *regions; /* all, side by side */
    size_t count;
    struct standing *standings; /* one a region */
    size_t country_count, division_count;
    /* What speaks for each country and division in the report at hand. */
    float *countries, *divisions;
    float countries_sum;
};

/* The kinds' first letters differ. */
static enum kind kind_of(const struct concept *concept)
{
    switch (concept->kind[0]) {
    case 'c':
        return KIND_COUNTRY;
    case 'd':
        return KIND_DIVISION;
    case 'p':
        return KIND_PLACE;
    default:
        return KIND_AREA;
    }
}

static const struct standing *standing_of(const struct placing *placing,
                                          const struct concept *concept)
{
    return &placing->standings[concept - placing->regions];
}

static void find_standing(struct placing *placing, const struct concept *concept)
{
    struct standing *standing = &placing->standings[concept - placing->regions];
    if (standing->known)
        return;
    standing->known = 1;
    standing->kind = (uint8_t)kind_of(concept);
    if (standing->kind == KIND_AREA)
        return;
    if (standing->kind == KIND_COUNTRY)
        standing->country = (uint16_t)++placing->country_count;
    if (standing->kind == KIND_DIVISION)
        standing->division = (uint16_t)++placing->division_count;
    for (size_t i = 0; i < concept->parent_count; i++) {
        find_standing(placing, concept->parents[i]);
        const struct standing *parent = standing_of(placing, concept->parents[i]);
        if (!standing->country)
            standing->country = parent->country;
        if (!standing->division)
            standing->division = parent->division;
    }
}

struct placing *placing_new(const struct vocabulary *vocabulary)
{
    struct placing *placing = calloc(1, sizeof *placing);
    if (!placing)
        return NULL;
    placing->count = vocabulary_count(vocabulary, MENTION_REGION);
    placing->regions = vocabulary_at(vocabulary, MENTION_REGION, 0);
    placing->standings = calloc(placing->count + 1, sizeof *placing->standings);
    if (placing->standings) {
        for (size_t i = 0; i < placing->count; i++)
            find_standing(placing, &placing->regions[i]);
        placing->countries = calloc(placing->country_count + 1, sizeof(float));
        placing->divisions = calloc(placing->division_count + 1, sizeof(float));
    }
    if (!placing->standings || !placing->countries || !placing->divisions) {
        placing_free(placing);
        return NULL;
    }
    return placing;
}

void placing_free(struct placing *placing)
{
    if (!placing)
        return;
    free(placing->standings);
    free(placing->countries);
    free(placing->divisions);
    free(placing);
}

static void support(struct placing *placing, const struct concept *region, float weight)
{
    const struct standing *standing = standing_of(placing, region);
    if (standing->country) {
        placing->countries[standing->country] += weight;
        placing->countries_sum += weight;
    }
    if (standing->division)
        placing->divisions[standing->division] += weight;
}

static const struct meaning *meanings_of(const struct scan *scan, const struct span *span)
{
    return scan->meanings + span->meanings;
}

/* The one region that a span can mean, NULL where there is none or a choice. */
static const struct meaning *only_region(const struct scan *scan, const struct span *span)
{
    const struct meaning *meanings = meanings_of(scan, span), *only = NULL;
    for (size_t i = 0; i < span->meaning_count; i++) {
        if (meanings[i].concept->type != MENTION_REGION)
            continue;
        if (only)
            return NULL;
        only = &meanings[i];
    }
    return only;
}

/* What needs no context: countries by name or demonym, long names of divisions. */
static void gather(struct placing *placing, const struct scan *scan)
{
    for (size_t i = 0; i < scan->span_count; i++) {
        const struct span *span = &scan->spans[i];
        const struct meaning *only = only_region(scan, span);
        if (!only || (only->name->flags & NAME_AMBIGUOUS))
            continue;
        enum kind kind = standing_of(placing, only->concept)->kind;
        if (kind == KIND_COUNTRY)
            support(placing, only->concept, only->name->flags & NAME_DEMONYM ? 2 : 3);
        else if (kind == KIND_DIVISION)
            support(placing, only->concept, 1.5F);
        else if (kind == KIND_PLACE)
            support(placing, only->concept, 1);
    }
}

static bool lies_in(const struct placing *placing, const struct concept *inner,
                    const struct concept *outer)
{
    const struct standing *in = standing_of(placing, inner), *out = standing_of(placing, outer);
    if (inner == outer)
        return false;
    return out->kind == KIND_COUNTRY    ? in->country == out->country
           : out->kind == KIND_DIVISION ? in->division && in->division == out->division
                                        : false;
}

/* Whether only a comma or a bracket stands between two spans: "Gao, Mali", "Gao (Mali)". */
static bool adjacent(const struct scan *scan, const struct span *left, const struct span *right)
{
    if (left->last != right->first)
        return false;
    const char *at = scan->text + scan->words[left->last - 1].end;
    const char *end = scan->text + scan->words[right->first].begin;
    bool mark = false;
    for (; at < end; at++) {
        mark = mark || *at == ',' || *at == '(';
        if (*at != ',' && *at != '(' && *at != ' ')
            return false;
    }
    return mark;
}

/* How well a meaning fits a neighbour: one lies in the other. */
static float fit(const struct placing *placing, const struct scan *scan,
                 const struct concept *region, size_t number)
{
    const struct span *span = &scan->spans[number];
    float best = 0;
    for (int side = -1; side <= 1; side += 2) {
        if ((side < 0 && number == 0) || (side > 0 && number + 1 >= scan->span_count))
            continue;
        const struct span *other = side < 0 ? span - 1 : span + 1;
        if (side < 0 ? !adjacent(scan, other, span) : !adjacent(scan, span, other))
            continue;
        const struct meaning *meanings = meanings_of(scan, other);
        for (size_t i = 0; i < other->meaning_count; i++) {
            const struct concept *concept = meanings[i].concept;
            if (concept->type != MENTION_REGION)
                continue;
            if (side > 0 ? lies_in(placing, region, concept) : lies_in(placing, concept, region))
                best = 5;
        }
    }
    return best;
}

static float score(const struct placing *placing, const struct scan *scan,
                   const struct meaning *meaning, size_t number)
{
    const struct standing *standing = standing_of(placing, meaning->concept);
    static const float priors[] = {[KIND_AREA] = 4, [KIND_COUNTRY] = 4.5F, [KIND_DIVISION] = 2.5F};
    float value = standing->kind == KIND_PLACE
                      ? 0.8F * log10f((float)meaning->concept->population + 10) - 1
                      : priors[standing->kind];
    if (meaning->name->flags & NAME_AMBIGUOUS)
        value -= 2;
    if (standing->country && placing->countries_sum > 0) {
        float here = placing->countries[standing->country];
        value += here > 0 ? 1 + 3 * here / placing->countries_sum : 0;
    }
    if (standing->division && placing->divisions[standing->division] > 0)
        value += 2;
    return value + fit(placing, scan, meaning->concept, number);
}

#define SCORE_ENOUGH 2.0F

static struct placed place(const struct placing *placing, const struct scan *scan, size_t number)
{
    const struct span *span = &scan->spans[number];
    const struct meaning *meanings = meanings_of(scan, span), *best = NULL;
    float best_score = 0, second = 0;
    for (size_t i = 0; i < span->meaning_count; i++) {
        if (meanings[i].concept->type != MENTION_REGION)
            continue;
        float value = score(placing, scan, &meanings[i], number);
        if (!best || value > best_score) {
            second = best ? best_score : 0;
            best_score = value;
            best = &meanings[i];
        } else if (value > second) {
            second = value;
        }
    }
    if (!best || best_score < SCORE_ENOUGH)
        return (struct placed){.region = NULL};
    const char *rule = best->name->flags & NAME_DEMONYM ? "demonym" : "name";
    float margin = best_score - second;
    if (second > 0 && best->concept->type == MENTION_REGION)
        rule = "context";
    return (struct placed){.region = best->concept,
                           .rule = rule,
                           .confidence = (uint8_t)(margin > 4 ? 95 : 55 + 10 * margin)};
}

void placing_run(struct placing *placing, const struct scan scans[2],
                 struct placed *const placed[2])
{
    memset(placing->countries, 0, (placing->country_count + 1) * sizeof(float));
    memset(placing->divisions, 0, (placing->division_count + 1) * sizeof(float));
    placing->countries_sum = 0;
    for (int part = 0; part < 2; part++)
        gather(placing, &scans[part]);
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < scans[part].span_count; i++)
            placed[part][i] = place(placing, &scans[part], i);
}
