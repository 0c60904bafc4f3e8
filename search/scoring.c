#include "search/scoring.h"

#include <stdlib.h>
#include <string.h>

#include "search/keeping.h"
#include "search/snapshot_private.h"

#define BLOCK     1024 /* candidates weighed at a time */
#define READ_ROOM 1024 /* postings a read */
#define FEW       32   /* places are sorted after every block, in less time than a block takes */
#define SPAN      8192 /* docids that a block spread out may be apart: 32 kB */
/* Rounding must not drop a candidate. */
#define SLACK (1 + 1e-9)

/* The postings of one term on their way past the candidates. */
struct list {
    const struct frequent *kept; /* borrowed; the others are not used then */
    struct xap_postings *postings;
    uint32_t freq;
    bool ended;
    size_t at, count;
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM];
};

/* One weight of the ranking. */
struct part {
    const struct weight *weight;
    struct list *lists; /* one a term */
};

struct block {
    size_t count;
    uint32_t docids[BLOCK], lengths[BLOCK], wdfs[BLOCK];
    double norms[BLOCK], scores[BLOCK];
    uint32_t spread[SPAN + 1]; /* wdfs by docid from the first candidate's; the last is nobody's */
};

/* The best so far, and some that were found since; the worse ones are cut when it is full. */
struct best {
    struct place *places;
    size_t wanted, count, room;
    double least; /* that a candidate must exceed; below 0 while all are wanted */
};

struct scoring {
    const struct snapshot *snapshot;
    struct part *parts;   /* that can add most first */
    struct part **rarest; /* the same, that fewest reports have first */
    size_t part_count;
    size_t needed;       /* so many of the rarest: a candidate has one of them */
    struct docset *left; /* the candidates, less those that have none */
    uint64_t left_count; /* of those that were not weighed yet */
    struct best best;
    struct block block;
};

/* ---- the best ------------------------------------------------------------ */

static int better_first(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->score != right->score)
        return left->score < right->score ? 1 : -1;
    return (left->docid > right->docid) - (left->docid < right->docid);
}

void scoring_sort(struct place *places, size_t count)
{
    if (count)
        qsort(places, count, sizeof places[0], better_first);
}

static void cut(struct best *best)
{
    scoring_sort(best->places, best->count);
    if (best->count == 0 || best->count < best->wanted)
        return;
    best->count = best->wanted;
    best->least = best->places[best->wanted - 1].score;
}

static void offer_block(struct best *best, const struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        if (block->scores[i] <= best->least)
            continue;
        best->places[best->count++] = (struct place){block->docids[i], block->scores[i]};
        if (best->count == best->room)
            cut(best);
    }
}

/* ---- lists past candidates ------------------------------------------------- */

static bool read_more(struct list *list, size_t room, struct xap_error *err)
{
    list->at = 0;
    if (!xap_postings_read(list->postings, room, list->docids, list->wdfs, NULL, &list->count, err))
        return false;
    list->ended = list->count < room;
    return true;
}

/* Puts the buffered postings where their docids say; false where the block goes on after them. */
static bool spread(struct list *list, struct block *block, uint32_t first, uint32_t span)
{
    for (; list->at < list->count; list->at++) {
        uint32_t offset = list->docids[list->at] - first; /* large for one before the first */
        if (offset > span && list->docids[list->at] > first)
            return true;
        block->spread[offset <= span ? offset : SPAN] = list->wdfs[list->at];
    }
    return list->ended;
}

/* Where candidates are close together: no step waits for the one before, as in merging, so that
 * it takes a third of the time. */
static bool add_dense(struct list *list, struct block *block, struct xap_error *err)
{
    uint32_t first = block->docids[0], span = block->docids[block->count - 1] - first;
    memset(block->spread, 0, (span + 1) * sizeof block->spread[0]);
    while (!spread(list, block, first, span))
        if (!read_more(list, READ_ROOM, err))
            return false;
    for (size_t i = 0; i < block->count; i++)
        block->wdfs[i] += block->spread[block->docids[i] - first];
    return true;
}

/* Adds the occurrences that the buffered postings have in the candidates from '*from' on; stops
 * at the end of either. Without branches, which could not be foretold. */
static void merge(struct list *list, struct block *block, size_t *from)
{
    size_t i = *from, at = list->at;
    while (i < block->count && at < list->count) {
        uint32_t wanted = block->docids[i], found = list->docids[at];
        block->wdfs[i] += wanted == found ? list->wdfs[at] : 0;
        i += wanted <= found;
        at += found <= wanted;
    }
    *from = i;
    list->at = at;
}

/* Whether to jump from candidate to candidate. */
static bool is_sparse(const struct scoring *scoring, const struct list *list)
{
    const struct block *block = &scoring->block;
    uint64_t span = block->docids[block->count - 1] - block->docids[0] + 1;
    uint64_t postings = span * list->freq / (scoring->snapshot->all->last + 1u);
    return keeping_cost_of_skipping(block->count, postings) < postings;
}

static bool add_list(struct scoring *scoring, struct list *list, struct xap_error *err)
{
    struct block *block = &scoring->block;
    if (list->kept) {
        frequent_add(list->kept, block->docids, block->count, block->wdfs);
        return true;
    }
    bool sparse = is_sparse(scoring, list);
    size_t i = 0;
    if (!sparse && block->docids[block->count - 1] - block->docids[0] < SPAN)
        return add_dense(list, block, err);
    for (;;) {
        merge(list, block, &i);
        if (i == block->count || list->ended)
            return true;
        if (sparse && !xap_postings_skip_to(list->postings, block->docids[i], err))
            return false;
        if (!read_more(list, sparse ? 1 : READ_ROOM, err))
            return false;
    }
}

/* ---- weighing --------------------------------------------------------------- */

static void add_weight(struct block *block, double weight)
{
    for (size_t i = 0; i < block->count; i++) {
        double wdf = block->wdfs[i] < block->lengths[i] ? block->wdfs[i] : block->lengths[i];
        block->scores[i] += weight * (wdf / (wdf + block->norms[i]));
    }
}

/* Keeps the candidates that can still exceed 'least'. */
static void drop_hopeless(struct block *block, double least, double rest)
{
    size_t kept = 0;
    for (size_t i = 0; i < block->count; i++) {
        block->docids[kept] = block->docids[i];
        block->lengths[kept] = block->lengths[i];
        block->norms[kept] = block->norms[i];
        block->scores[kept] = block->scores[i];
        kept += (block->scores[i] + rest) * SLACK > least;
    }
    block->count = kept;
}

static bool weigh_block(struct scoring *scoring, double rest, struct xap_error *err)
{
    struct block *block = &scoring->block;
    for (size_t i = 0; i < scoring->part_count && block->count > 0; i++) {
        const struct part *part = &scoring->parts[i];
        memset(block->wdfs, 0, block->count * sizeof block->wdfs[0]);
        for (size_t j = 0; j < part->weight->terms.count; j++)
            if (!add_list(scoring, &part->lists[j], err))
                return false;
        add_weight(block, part->weight->bm25.weight);
        rest -= part->weight->bm25.most;
        drop_hopeless(block, scoring->best.least, rest);
    }
    offer_block(&scoring->best, block);
    if (scoring->best.count > scoring->best.wanted && scoring->best.wanted <= FEW)
        cut(&scoring->best);
    return true;
}

/* Takes the next candidates from 'docid' on. */
static void fill_block(struct scoring *scoring, uint32_t docid)
{
    const struct lengths *lengths = &scoring->snapshot->lengths;
    struct block *block = &scoring->block;
    block->count = docset_read(scoring->left, docid, block->docids, BLOCK);
    scoring->left_count -= block->count;
    for (size_t i = 0; i < block->count; i++) {
        block->lengths[i] = lengths->of[block->docids[i]];
        block->norms[i] = bm25_norm(lengths, block->lengths[i]);
        block->scores[i] = 0;
    }
}

/* ---- candidates that cannot be among the best ----------------------------------- */

/* The rarest weights of which a candidate must have one, to exceed what the best have: all others
 * together do not. */
static size_t count_needed(const struct scoring *scoring)
{
    double others = 0;
    size_t count = scoring->part_count;
    while (count > 0) {
        others += scoring->rarest[count - 1]->weight->bm25.most;
        if (others * SLACK > scoring->best.least)
            break;
        count--;
    }
    return count;
}

/* Whether finding the reports that have one of the 'count' rarest takes less time than weighing
 * half the candidates that are left. Measured: weighing one takes 5 to 15 ns, reading a posting 10
 * ns, and joining two sets a quarter of a nanosecond a word. */
static bool is_worth_finding(const struct scoring *scoring, size_t count)
{
    uint64_t postings = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < scoring->rarest[i]->weight->terms.count; j++)
            if (!scoring->rarest[i]->lists[j].kept)
                postings += scoring->rarest[i]->lists[j].freq;
    return postings + (count + 2) * scoring->left->word_count / 40 < scoring->left_count / 2;
}

/* The reports that have one of the 'count' rarest. */
static bool find_rarest(const struct scoring *scoring, size_t count, struct docset **out,
                        struct error *err)
{
    struct docset *set;
    bool ok = docset_new(scoring->left->last, &set, err);
    if (!ok)
        return false;
    for (size_t i = 0; ok && i < count; i++) {
        const struct part *part = scoring->rarest[i];
        for (size_t j = 0; ok && j < part->weight->terms.count; j++)
            ok = part->lists[j].kept ? docset_or(&set, part->lists[j].kept->set, err)
                                     : docset_add_postings(set, scoring->snapshot->db,
                                                           part->weight->terms.items[j].text, err);
    }
    if (ok)
        *out = set;
    else
        docset_free(set);
    return ok;
}

/* Takes out of the candidates from 'docid' on those that cannot exceed what the best have. */
static bool narrow(struct scoring *scoring, uint32_t docid, struct error *err)
{
    size_t needed = count_needed(scoring);
    struct docset *set;
    if (needed >= scoring->needed || !is_worth_finding(scoring, needed))
        return true;
    if (!find_rarest(scoring, needed, &set, err))
        return false;
    bool ok = docset_and(&scoring->left, set, err);
    docset_free(set);
    scoring->needed = needed;
    scoring->left_count = docset_count_range(scoring->left, docid, scoring->left->last + 1);
    return ok;
}

/* ---- the whole ---------------------------------------------------------------- */

static int most_first(const void *a, const void *b)
{
    double left = ((const struct part *)a)->weight->bm25.most;
    double right = ((const struct part *)b)->weight->bm25.most;
    return (left < right) - (left > right);
}

static int rarest_first(const void *a, const void *b)
{
    uint64_t left = (*(struct part *const *)a)->weight->terms.freq;
    uint64_t right = (*(struct part *const *)b)->weight->terms.freq;
    return (left > right) - (left < right);
}

/* Has the postings of frequent terms kept, where that is worth it. */
static bool keep_frequent(const struct snapshot *snapshot, const struct weight *weight,
                          uint64_t candidates, struct error *err)
{
    const struct frequent *kept;
    for (size_t i = 0; i < weight->terms.count; i++)
        if (!keeping_find(snapshot, &weight->terms.items[i], candidates, &kept, err))
            return false;
    return true;
}

static bool open_part(struct scoring *scoring, const struct weight *weight, struct error *err)
{
    struct xap_error xapian = {0};
    size_t count = weight->terms.count;
    if (count == 0)
        return true;
    struct part *part = &scoring->parts[scoring->part_count++];
    *part = (struct part){weight, calloc(count, sizeof part->lists[0])};
    if (!part->lists)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct term *term = &weight->terms.items[i];
        struct list *list = &part->lists[i];
        list->freq = term->freq;
        list->kept = cache_find(scoring->snapshot->frequent, term->text, strlen(term->text));
        if (list->kept)
            continue;
        if (!xap_postings_open(scoring->snapshot->db, term->text, &list->postings, &xapian))
            return error_set_xapian(err, NULL, &xapian);
    }
    return true;
}

static bool open_scoring(const struct snapshot *snapshot, const struct ranking *ranking,
                         const struct docset *set, size_t wanted, struct scoring **out,
                         struct error *err)
{
    uint32_t candidates = docset_count(set);
    struct scoring *scoring = calloc(1, sizeof *scoring);
    *out = scoring;
    if (!scoring)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    size_t room = 2 * wanted + 64; /* cutting that many costs little a candidate */
    scoring->snapshot = snapshot;
    scoring->best = (struct best){.wanted = wanted, .room = room, .least = -1};
    scoring->best.places = malloc(room * sizeof scoring->best.places[0]);
    scoring->parts = calloc(2 * ranking->count + 1, sizeof scoring->parts[0]);
    scoring->rarest = calloc(2 * ranking->count + 1, sizeof scoring->rarest[0]);
    scoring->left = docset_share(set);
    scoring->left_count = candidates;
    if (!scoring->best.places || !scoring->parts || !scoring->rarest)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < ranking->count; i++) /* first all: what is kept may push out others */
        if (!keep_frequent(snapshot, &ranking->items[i].text, candidates, err) ||
            !keep_frequent(snapshot, &ranking->items[i].title, candidates, err))
            return false;
    for (size_t i = 0; i < ranking->count; i++)
        if (!open_part(scoring, &ranking->items[i].text, err) ||
            !open_part(scoring, &ranking->items[i].title, err))
            return false;
    qsort(scoring->parts, scoring->part_count, sizeof scoring->parts[0], most_first);
    scoring->needed = scoring->part_count;
    for (size_t i = 0; i < scoring->part_count; i++)
        scoring->rarest[i] = &scoring->parts[i];
    qsort(scoring->rarest, scoring->part_count, sizeof scoring->rarest[0], rarest_first);
    return true;
}

static void close_scoring(struct scoring *scoring)
{
    if (!scoring)
        return;
    for (size_t i = 0; i < scoring->part_count; i++) {
        struct part *part = &scoring->parts[i];
        for (size_t j = 0; part->lists && j < part->weight->terms.count; j++)
            xap_postings_close(part->lists[j].postings);
        free(part->lists);
    }
    docset_free(scoring->left);
    free(scoring->rarest);
    free(scoring->parts);
    free(scoring->best.places);
    free(scoring);
}

static bool weigh_all(struct scoring *scoring, struct error *err)
{
    struct xap_error xapian = {0};
    double most = 0;
    for (size_t i = 0; i < scoring->part_count; i++)
        most += scoring->parts[i].weight->bm25.most;
    struct block *block = &scoring->block;
    for (fill_block(scoring, 1); block->count > 0;) {
        uint32_t next = block->docids[block->count - 1] + 1;
        if (!weigh_block(scoring, most, &xapian))
            return error_set_xapian(err, NULL, &xapian);
        if (!narrow(scoring, next, err))
            return false;
        fill_block(scoring, next);
    }
    return true;
}

bool scoring_best(const struct snapshot *snapshot, const struct ranking *ranking,
                  const struct docset *set, struct place *places, size_t room, size_t *count,
                  struct error *err)
{
    struct scoring *scoring = NULL;
    bool ok = open_scoring(snapshot, ranking, set, room, &scoring, err) && weigh_all(scoring, err);
    if (ok) {
        cut(&scoring->best);
        *count = scoring->best.count;
        if (*count)
            memcpy(places, scoring->best.places, *count * sizeof places[0]);
    }
    close_scoring(scoring);
    return ok;
}
