#include "indexer/placing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/signs.h"
#include "schema/buffer.h"

enum kind { KIND_AREA, KIND_COUNTRY, KIND_DIVISION, KIND_PLACE };

/* What is known of a region beyond the vocabulary. */
struct standing {
    uint16_t country, division; /* numbers of those it is or lies in; 0 none */
    uint8_t kind;
    bool known; /* filled in */
    float people;
    float prior; /* how likely it is to be named, in natural logarithms of odds */
};

/* A name in the report at hand, for all its spans. */
struct named {
    const struct scan *scan; /* where it stands first */
    const struct span *span;
    uint32_t node;
    uint32_t count;
    uint32_t persons;   /* spans with signs of a person */
    uint32_t good, bad; /* spans with signs that it is a place, or that it is not */
    float weight;       /* of its vote */
};

struct placing {
    const struct scan_rules *rules;
    const struct concept *regions; /* all, side by side */
    size_t count;
    struct standing *standings; /* one a region */
    const struct concept *actors;
    const struct concept **homes; /* one an actor */
    size_t country_count, division_count;
    const struct concept **country_regions; /* by number */
    /* What speaks for each country and division in the report at hand. */
    float *countries, *divisions;
    float countries_sum;
    struct named *named;
    size_t named_count, named_room;
    uint32_t *numbers;  /* by node of the gazetteer: the name's number and one, 0 none */
    uint16_t *signs[2]; /* by part and span */
    size_t signs_room[2];
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

/* A division whose places are not in the table counts as one of this prior. */
#define DIVISION_LEAST 2.5F

static const struct standing *standing_of(const struct placing *placing,
                                          const struct concept *concept)
{
    return &placing->standings[concept - placing->regions];
}

/* A country is named far more often than a town; towns and divisions by the root of their
 * people. */
static float prior_of(enum kind kind, float people)
{
    enum { UNKNOWN = 3000 };
    static const float priors[] = {[KIND_AREA] = 6, [KIND_COUNTRY] = 7};
    if (kind != KIND_PLACE && kind != KIND_DIVISION)
        return priors[kind];
    float value = 0.5F * logf((people > 0 ? people : UNKNOWN) + 100) - 2.3F;
    return kind == KIND_DIVISION && value < DIVISION_LEAST ? DIVISION_LEAST : value;
}

static void find_standing(struct placing *placing, const struct concept *concept)
{
    struct standing *standing = &placing->standings[concept - placing->regions];
    if (standing->known)
        return;
    standing->known = true;
    standing->kind = (uint8_t)kind_of(concept);
    if (standing->kind == KIND_AREA)
        return;
    if (standing->kind == KIND_COUNTRY) {
        standing->country = (uint16_t)++placing->country_count;
        placing->country_regions[standing->country] = concept;
    }
    if (standing->kind == KIND_DIVISION)
        standing->division = (uint16_t)++placing->division_count;
    standing->people = (float)concept->population;
    for (size_t i = 0; i < concept->parent_count; i++) {
        find_standing(placing, concept->parents[i]);
        const struct standing *parent = standing_of(placing, concept->parents[i]);
        if (!standing->country)
            standing->country = parent->country;
        if (!standing->division)
            standing->division = parent->division;
        if (kind_of(concept->parents[i]) == KIND_DIVISION && kind_of(concept) == KIND_PLACE)
        placing->standings[concept->parents[i] - placing->regions].people +=
            (float)concept->population;
    }
}

static bool find_homes(struct placing *placing, const struct vocabulary *vocabulary)
{
    size_t count = vocabulary_count(vocabulary, MENTION_ACTOR);
    placing->actors = vocabulary_at(vocabulary, MENTION_ACTOR, 0);
    placing->homes = calloc(count + 1, sizeof *placing->homes);
    for (size_t i = 0; placing->homes && i < count; i++)
        if (placing->actors[i].home)
            placing->homes[i] =
                vocabulary_find(vocabulary, MENTION_REGION, placing->actors[i].home);
    return placing->homes != NULL;
}

struct placing *placing_new(const struct scan_rules *rules)
{
    struct placing *placing = calloc(1, sizeof *placing);
    if (!placing)
        return NULL;
    placing->rules = rules;
    placing->count = vocabulary_count(rules->vocabulary, MENTION_REGION);
    placing->regions = vocabulary_at(rules->vocabulary, MENTION_REGION, 0);
    placing->standings = calloc(placing->count + 1, sizeof *placing->standings);
    placing->country_regions = calloc(UINT16_MAX + 1u, sizeof *placing->country_regions);
    placing->numbers = calloc(gazetteer_node_count(rules->gazetteer), sizeof *placing->numbers);
    if (placing->standings && placing->country_regions) {
        for (size_t i = 0; i < placing->count; i++)
            find_standing(placing, &placing->regions[i]);
        for (size_t i = 0; i < placing->count; i++) {
            struct standing *standing = &placing->standings[i];
            standing->prior = prior_of((enum kind)standing->kind, standing->people);
        }
        placing->countries = calloc(placing->country_count + 1, sizeof(float));
        placing->divisions = calloc(placing->division_count + 1, sizeof(float));
    }
    if (!find_homes(placing, rules->vocabulary) || !placing->standings || !placing->numbers ||
        !placing->countries || !placing->divisions) {
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
    free(placing->country_regions);
    free(placing->homes);
    free(placing->countries);
    free(placing->divisions);
    free(placing->named);
    free(placing->numbers);
    free(placing->signs[0]);
    free(placing->signs[1]);
    free(placing);
}

static const struct meaning *meanings_of(const struct scan *scan, const struct span *span)
{
    return scan->meanings + span->meanings;
}

static bool names_region(const struct scan *scan, const struct span *span)
{
    for (size_t i = 0; i < span->meaning_count; i++)
        if (meanings_of(scan, span)[i].concept->type == MENTION_REGION)
            return true;
    return false;
}

/* A place at the beginning of an actor's name, and an area anywhere in it, are only a part of it:
 * "Pyu Saw Htee", "African Union". */
static bool is_part_of_actor(const struct scan *scan, size_t number)
{
    const struct span *span = &scan->spans[number];
    bool begins = number > 0 && span[-1].first == span->first;
    for (size_t i = 0; span->inside && i < span->meaning_count; i++) {
        const struct concept *concept = meanings_of(scan, span)[i].concept;
        const char *kind = concept->kind;
        if (concept->type == MENTION_REGION && strcmp(kind, "area") != 0 &&
            (!begins || strcmp(kind, "place") != 0))
            return false;
    }
    return span->inside;
}

#define HOME_WEIGHT 0.5F

/* A report's main country has this much of what is said for any, and this much at least. */
#define MAIN_SHARE 0.6F
#define MAIN_LEAST 0.9F

#define SIGNS_GOOD (SIGN_WITHIN | SIGN_TOWN | SIGN_DIVISION | SIGN_DATELINE)
#define SIGNS_BAD  (SIGN_PERSON | SIGN_PART | SIGN_STREET)

/* An actor speaks for the country it is at home in, unless its name does already. A name that can
 * be something else does not: it would vouch for itself. */
static void support_home(struct placing *placing, const struct scan *scan, const struct span *span)
{
    const struct meaning *meaning = meanings_of(scan, span);
    if (span->meaning_count != 1 || meaning->concept->type != MENTION_ACTOR ||
        !meaning->concept->home || (meaning->name->flags & NAME_AMBIGUOUS))
        return;
    const struct concept *home = placing->homes[meaning->concept - placing->actors];
    const struct standing *standing = standing_of(placing, home);
    placing->countries[standing->country] += HOME_WEIGHT;
    placing->countries_sum += HOME_WEIGHT;
    if (standing->division)
        placing->divisions[standing->division] += HOME_WEIGHT;
}

/* Enters each name and reads the signs at each span. */
static bool gather(struct placing *placing, const struct scan *scan, int part)
{
    if (!array_reserve(&placing->signs[part], &placing->signs_room[part], scan->span_count,
                       sizeof *placing->signs[part]))
        return false;
    for (size_t i = 0; i < scan->span_count; i++) {
        const struct span *span = &scan->spans[i];
        placing->signs[part][i] = 0;
        if (!names_region(scan, span) || is_part_of_actor(scan, i)) {
            bool named = i + 1 < scan->span_count && span[1].inside && names_region(scan, &span[1]);
            if (!named)
                support_home(placing, scan, span);
            continue;
        }
        unsigned signs = signs_read(placing->rules, scan, i);
        placing->signs[part][i] = (uint16_t)signs;
        uint32_t number = placing->numbers[span->node];
        if (number == 0) {
            if (!array_reserve(&placing->named, &placing->named_room, placing->named_count + 1,
                               sizeof *placing->named))
                return false;
            placing->named[placing->named_count] =
                (struct named){.scan = scan, .span = span, .node = span->node};
            number = placing->numbers[span->node] = (uint32_t)++placing->named_count;
        }
        struct named *named = &placing->named[number - 1];
        named->count++;
        named->persons += (signs & SIGN_PERSON) != 0;
        named->good += (signs & SIGNS_GOOD) != 0;
        named->bad += (signs & SIGNS_BAD) != 0;
    }
    return true;
}

/* How a meaning stands among the others of its name before any context. */
static float prior(const struct placing *placing, const struct meaning *meaning)
{
    const struct concept *concept = meaning->concept;
    const struct standing *standing = standing_of(placing, concept);
    float value = standing->prior;
    if (meaning->name != concept->names && standing->kind == KIND_PLACE)
        value -= 1.5F;
    if ((meaning->name->flags & NAME_AMBIGUOUS) && standing->kind != KIND_PLACE)
        value -= 2.5F;
    return value;
}

/* A name speaks for each country and division that it could lie in, most for where its most
 * likely meaning lies, but not much less for the others: where several names could all lie is
 * where they do lie. 'sign' -1 takes the vote back. */
static void vote(struct placing *placing, const struct named *named, float sign)
{
    const struct meaning *meanings = meanings_of(named->scan, named->span);
    size_t count = named->span->meaning_count;
    float best = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (meanings[i].concept->type == MENTION_REGION)
            best = fmaxf(best, prior(placing, &meanings[i]));
    float countries = 0;
    const struct standing *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (meanings[i].concept->type != MENTION_REGION)
            continue;
        const struct standing *standing = standing_of(placing, meanings[i].concept);
        float share = sign * named->weight * expf(0.4F * (prior(placing, &meanings[i]) - best));
        /* Meanings stand by id, so those of one country or division stand together. */
        if (standing->country && (!last || last->country != standing->country)) {
            placing->countries[standing->country] += share;
            countries += share;
        }
        if (standing->division && (!last || last->division != standing->division))
            placing->divisions[standing->division] += share;
        last = standing;
    }
    placing->countries_sum += countries;
}

/* How much a name's vote counts. */
static float weight_of(const struct placing *placing, const struct named *named)
{
    const struct span *span = named->span;
    const struct meaning *meanings = meanings_of(named->scan, span);
    for (size_t i = 0; i < span->meaning_count; i++)
        if (meanings[i].concept->type == MENTION_REGION &&
            standing_of(placing, meanings[i].concept)->kind == KIND_COUNTRY)
            return (meanings[i].name->flags & NAME_DEMONYM ? 0.4F : 2) +
                   0.25F * (float)(named->count < 8 ? named->count : 8);
    if (named->good > 0)
        return 1;
    if (named->bad > 0 || (span->also & NAME_EVERYDAY))
        return 0.1F;
    return span->also ? 0.3F : 0.6F;
}

static bool is_ancestor(const struct concept *outer, const struct concept *inner, int depth)
{
    for (size_t i = 0; depth > 0 && i < inner->parent_count; i++)
        if (inner->parents[i] == outer || is_ancestor(outer, inner->parents[i], depth - 1))
            return true;
    return false;
}

/* Whether 'inner' lies in one of the regions that a span can mean, or the reverse. */
static bool fits_span(const struct placing *placing, const struct concept *region,
                      const struct scan *scan, const struct span *other, bool inside)
{
    const struct meaning *meanings = meanings_of(scan, other);
    const struct standing *standing = standing_of(placing, region);
    for (size_t i = 0; i < other->meaning_count; i++) {
        const struct concept *concept = meanings[i].concept;
        if (concept->type != MENTION_REGION ||
            standing_of(placing, concept)->country != standing->country)
            continue;
        if (inside ? is_ancestor(concept, region, 3) : is_ancestor(region, concept, 3))
            return true;
    }
    return false;
}

/* Whether a span's neighbours in "Bogale town (Pyapon district, Ayeyarwady region)" say where
 * the region lies, or what lies in it. */
static bool fits(const struct placing *placing, const struct concept *region,
                 const struct scan *scan, size_t number)
{
    enum { CHAIN = 3 };
    const struct span *spans = scan->spans;
    for (size_t i = number + 1; i < scan->span_count && i <= number + CHAIN; i++) {
        if (!signs_joined(scan, &spans[i - 1], &spans[i]))
            break;
        if (fits_span(placing, region, scan, &spans[i], true))
            return true;
    }
    for (size_t i = number; i > 0 && number - i < CHAIN; i--) {
        if (!signs_joined(scan, &spans[i - 1], &spans[i]))
            break;
        if (fits_span(placing, region, scan, &spans[i - 1], false))
            return true;
    }
    return false;
}

/* Whether the names that should say where a place lies, as in "Pale township, Sagaing", say
 * that it lies elsewhere. */
static bool clashes(const struct placing *placing, const struct concept *place,
                    const struct scan *scan, size_t number)
{
    enum { CHAIN = 3 };
    const struct span *spans = scan->spans;
    for (size_t i = number + 1; i < scan->span_count && i <= number + CHAIN; i++) {
        if (!signs_joined(scan, &spans[i - 1], &spans[i]))
            break;
        const struct meaning *meanings = meanings_of(scan, &spans[i]);
        bool above = false, here = false;
        for (size_t j = 0; j < spans[i].meaning_count; j++) {
            if (meanings[j].concept->type != MENTION_REGION)
                continue;
            enum kind kind = (enum kind)standing_of(placing, meanings[j].concept)->kind;
            above = above || kind == KIND_DIVISION || kind == KIND_COUNTRY;
            here = here || kind == KIND_AREA || meanings[j].concept == place ||
                   is_ancestor(meanings[j].concept, place, 3);
        }
        if (above)
            return !here;
    }
    return false;
}

/* Less than this is not all of the evidence that there could be: "Russian forces" alone does not
 * make the Donetsk beside them the one in Russia. */
#define EVIDENCE_LEAST 1.3F

/* What speaks for a meaning: how often it is named at all, and the report's other names. */
static float score(const struct placing *placing, const struct meaning *meaning)
{
    const struct standing *standing = standing_of(placing, meaning->concept);
    float value = prior(placing, meaning);
    if (standing->country && placing->countries_sum > 0.01F) {
        float here = placing->countries[standing->country];
        if (here > 0.05F)
            value +=
                3 * here / fmaxf(placing->countries_sum, EVIDENCE_LEAST) + fminf(here, 2) * 0.5F;
        else if (placing->countries_sum > 1.5F && standing->kind == KIND_PLACE)
            value -= 2;
    }
    if (standing->division) {
        float here = placing->divisions[standing->division];
        if (here > 0.01F)
            value += 1.2F * fminf(here, 4);
    }
    return value;
}

/* Whether a name is always that of a country or area: what stands beside it matters little. */
static bool is_plain(const struct meaning *meaning, enum kind kind)
{
    return (kind == KIND_COUNTRY || kind == KIND_AREA) && !(meaning->name->flags & NAME_AMBIGUOUS);
}

static float score_of_signs(unsigned signs, enum kind kind, bool plain)
{
    float value = 0;
    if (signs & SIGN_WITHIN)
        value += 2;
    if (signs & SIGN_TOWN)
        value += kind == KIND_PLACE ? 2 : 0.5F;
    if (signs & SIGN_DIVISION)
        value += kind == KIND_DIVISION ? 3 : kind == KIND_PLACE ? -0.5F : 1;
    if (signs & SIGN_DATELINE)
        value += 3;
    if (plain)
        return value;
    if (signs & SIGN_PERSON)
        value -= 6;
    if (signs & SIGN_PART)
        value -= 5;
    if (signs & SIGN_OFFICE)
        value -= 1.5F;
    if (signs & SIGN_STREET)
        value -= 6;
    return value;
}

/* What speaks against the name being a place at all. */
static float score_of_name(const struct named *named, const struct span *span, unsigned signs,
                           bool plain, bool acronym)
{
    float value = 0;
    if ((span->also & NAME_EVERYDAY) && !acronym)
        value -= signs & (SIGN_TOWN | SIGN_DIVISION) ? 4 : 6;
    if (plain)
        return value;
    if (span->also & (NAME_FORENAME | NAME_SURNAME))
        value -= named->good > 0 ? 1 : 3;
    if (named->persons > 0 && named->good <= 2 * named->persons)
        return value - 4;
    if (named->bad > 0 && named->good == 0)
        value -= 1.5F;
    return value + fminf(0.5F * (float)named->good, 1);
}

#define SCORE_ENOUGH 3.0F
#define SCORE_FITS   5.0F
#define SCORE_CODE   9.0F
#define SCORE_CLASH  6.0F

/* A code such as NC, which counts behind a place only; "N.C." is none. */
static bool is_code(const struct scan *scan, const struct span *span,
                    const struct concept_name *name)
{
    const struct word *word = &scan->words[span->first];
    return (name->flags & NAME_ACRONYM) ||
           (name->text[0] && name->text[1] == '.' && scan->text[word->begin + 1] != '.');
}

/* All that speaks for one meaning of a span; '*here' is whether its neighbours fit. */
static float score_at(const struct placing *placing, const struct scan *scan, size_t number,
                      unsigned signs, const struct meaning *meaning, bool *here)
{
    enum kind kind = (enum kind)standing_of(placing, meaning->concept)->kind;
    float value = score(placing, meaning) + score_of_signs(signs, kind, is_plain(meaning, kind));
    *here = (signs & SIGN_LIST) && fits(placing, meaning->concept, scan, number);
    if (*here)
        value += SCORE_FITS;
    else if ((signs & SIGN_LIST) && kind == KIND_PLACE &&
             clashes(placing, meaning->concept, scan, number))
        value -= SCORE_CLASH;
    if (kind == KIND_DIVISION && is_code(scan, &scan->spans[number], meaning->name) && !*here)
        value -= SCORE_CODE;
    return value;
}

/* Whether one lies in the other: the town of Gao is no rival of its region. */
static bool are_kin(const struct concept *a, const struct concept *b)
{
    return is_ancestor(a, b, 3) || is_ancestor(b, a, 3);
}

static struct placed place(const struct placing *placing, const struct scan *scan, int part,
                           size_t number)
{
    const struct span *span = &scan->spans[number];
    const struct meaning *meanings = meanings_of(scan, span), *best = NULL;
    unsigned signs = placing->signs[part][number];
    float best_score = 0, second = 0;
    bool best_fits = false;
    for (size_t i = 0; i < span->meaning_count; i++) {
        bool here;
        if (meanings[i].concept->type != MENTION_REGION)
            continue;
        float value = score_at(placing, scan, number, signs, &meanings[i], &here);
        bool rivals = best && !are_kin(best->concept, meanings[i].concept);
        if (!best || value > best_score) {
            second = rivals ? best_score : second;
            best_score = value;
            best = &meanings[i];
            best_fits = here;
        } else if (value > second && rivals) {
            second = value;
        }
    }
    const struct named *named = &placing->named[placing->numbers[span->node] - 1];
    bool plain = is_plain(best, (enum kind)standing_of(placing, best->concept)->kind);
    float enough = best_score - SCORE_ENOUGH +
                   score_of_name(named, span, signs, plain, best->name->flags & NAME_ACRONYM);
    if (enough < 0)
        return (struct placed){.region = NULL};
    const char *rule = best->name->flags & NAME_DEMONYM ? "demonym"
                       : best_fits                      ? "within"
                       : signs & SIGN_DATELINE          ? "dateline"
                       : signs & SIGN_WITHIN            ? "located"
                       : second > 0                     ? "context"
                                                        : "name";
    float margin = fminf(best_score - second, enough);
    return (struct placed){.region = best->concept,
                           .rule = rule,
                           .confidence = (uint8_t)(margin > 4 ? 95 : 55 + 10 * margin)};
}

bool placing_run(struct placing *placing, const struct scan scans[2],
                 struct placed *const placed[2])
{
    memset(placing->countries, 0, (placing->country_count + 1) * sizeof(float));
    memset(placing->divisions, 0, (placing->division_count + 1) * sizeof(float));
    placing->countries_sum = 0;
    placing->named_count = 0;
    bool ok = gather(placing, &scans[0], 0) && gather(placing, &scans[1], 1);
    for (size_t i = 0; ok && i < placing->named_count; i++) {
        placing->named[i].weight = weight_of(placing, &placing->named[i]);
        vote(placing, &placing->named[i], 1);
    }
    for (int part = 0; ok && part < 2; part++) {
        for (size_t i = 0; i < scans[part].span_count; i++) {
            placed[part][i] = (struct placed){.region = NULL};
            if (!names_region(&scans[part], &scans[part].spans[i]) ||
                is_part_of_actor(&scans[part], i))
                continue;
            const struct named *named =
                &placing->named[placing->numbers[scans[part].spans[i].node] - 1];
            vote(placing, named, -1);
            placed[part][i] = place(placing, &scans[part], part, i);
            vote(placing, named, 1);
        }
    }
    for (size_t i = 0; i < placing->named_count; i++)
        placing->numbers[placing->named[i].node] = 0;
    return ok;
}

float placing_support(const struct placing *placing, const char *id)
{
    const struct concept *region =
        id ? vocabulary_find(placing->rules->vocabulary, MENTION_REGION, id) : NULL;
    return region ? placing->countries[standing_of(placing, region)->country] : 0;
}

const struct concept *placing_main_country(const struct placing *placing)
{
    size_t best = 0;
    for (size_t i = 1; i <= placing->country_count; i++)
        if (placing->countries[i] > placing->countries[best])
            best = i;
    if (best == 0 || placing->countries[best] < MAIN_LEAST ||
        placing->countries[best] < MAIN_SHARE * placing->countries_sum)
        return NULL;
    return placing->country_regions[best];
}
