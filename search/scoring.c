#include "search/scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/bounds.h"
#include "search/keeping.h"
#include "search/snapshot_private.h"

#define BLOCK     1024 /* candidates weighed at a time */
#define READ_ROOM 1024 /* postings a read */
#define FEW       32   /* places are sorted after every block, in less time than a block takes */
#define FIRST     4    /* blocks of candidates that are looked at first */
#define SPAN      8192 /* docids that a block spread out may be apart: 32 kB */
/* Rounding must not drop a candidate. */
#define SLACK (1 + 1e-9)

/* The postings of one term on their way past the candidates. */
struct list {
    const struct frequent *kept; /* borrowed; the others are not used then */
    struct postings *postings;
    uint32_t freq;
    bool are_codes; /* as in keeping.h */
    bool ended;
    size_t at, count;
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM];
};

/* One weight of the ranking. */
struct part {
    const struct weight *weight;
    struct list *lists; /* one a term */
    bool kept;          /* all of them */
    uint64_t freq;      /* reports that it can add to, at most */
    struct docset *set; /* they, once they were wanted */
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
    struct bound *bounds; /* of them */
    size_t part_count;
    bool only_kept;      /* other parts are passed over */
    struct docset *left; /* the candidates, less those that were found hopeless */
    double narrowed;     /* by what the best had then */
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

static bool read_more(struct list *list, size_t room, struct error *err)
{
    list->at = 0;
    if (!postings_read(list->postings, room, list->docids, list->wdfs, &list->count, err))
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
static bool add_dense(struct list *list, struct block *block, struct error *err)
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
    return keeping_cost_of_skipping(block->count, postings, list->are_codes) < postings;
}

static bool add_list(struct scoring *scoring, struct list *list, struct error *err)
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
        if (sparse && !postings_skip_to(list->postings, block->docids[i], err))
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

static bool weigh_block(struct scoring *scoring, double rest, struct error *err)
{
    struct block *block = &scoring->block;
    for (size_t i = 0; i < scoring->part_count && block->count > 0; i++) {
        const struct part *part = &scoring->parts[i];
        if (scoring->only_kept && !part->kept)
            continue;
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

/* Finds the reports that a part can add to. */
static bool find_reports(const struct scoring *scoring, struct part *part, struct error *err)
{
    bool is_one = part->kept && part->weight->terms.count == 1;
    if (is_one)
        part->set = docset_share(part->lists[0].kept->set);
    bool ok = is_one || docset_new(scoring->left->last, &part->set, err);
    for (size_t i = 0; ok && !is_one && i < part->weight->terms.count; i++)
        ok = part->lists[i].kept ? docset_or(&part->set, part->lists[i].kept->set, err)
                                 : postings_add(&scoring->snapshot->source,
                                                part->weight->terms.items[i].text, part->set, err);
    return ok;
}

/* Whether it takes less time than it can save. Measured: reading a posting takes 10 ns, weighing a
 * candidate 5 to 15 for each part, and adding up the bounds 1 for a part and 64 reports. */
static bool is_worth_finding(const struct scoring *scoring, const struct part *part)
{
    return part->set || part->kept || part->freq <= scoring->left_count / 4;
}

/* Whether any can be found: not where words that more than half of the candidates may have are
 * enough. */
static bool is_worth_narrowing(const struct scoring *scoring)
{
    double common = 0;
    if (scoring->best.least <= 1.05 * scoring->narrowed ||
        scoring->left_count <= scoring->left->word_count / 4 + 4 * BLOCK)
        return false;
    for (size_t i = 0; i < scoring->part_count; i++)
        if (scoring->parts[i].freq > scoring->left_count / 2)
            common += scoring->parts[i].weight->bm25.most;
    return common * SLACK < scoring->best.least;
}

/* Takes out of the candidates from 'docid' on those that cannot exceed what the best have. */
static bool narrow(struct scoring *scoring, uint32_t docid, struct error *err)
{
    if (!is_worth_narrowing(scoring))
        return true;
    for (size_t i = 0; i < scoring->part_count; i++) {
        struct part *part = &scoring->parts[i];
        bool wanted = is_worth_finding(scoring, part);
        if (wanted && !part->set && !find_reports(scoring, part, err))
            return false;
        scoring->bounds[i] =
            (struct bound){.set = wanted ? part->set : NULL, .most = part->weight->bm25.most};
    }
    scoring->narrowed = scoring->best.least;
    if (!bounds_narrow(scoring->bounds, scoring->part_count, scoring->best.least, &scoring->left,
                       err))
        return false;
    scoring->left_count = docset_count_range(scoring->left, docid, scoring->left->last + 1);
    return true;
}

/* ---- candidates that are looked at first ----------------------------------------- */

/* Whether there are several words with kept postings that not all candidates can have. */
static bool has_first(const struct scoring *scoring)
{
    size_t count = 0;
    for (size_t i = 0; i < scoring->part_count; i++)
        count += scoring->parts[i].kept && scoring->parts[i].freq < scoring->left_count;
    return count > 1;
}

/* Those that have as many of the words whose postings are kept as enough candidates have. */
static bool find_first(const struct scoring *scoring, struct docset **out, struct error *err)
{
    struct docset *found = docset_share(scoring->left);
    bool ok = true;
    for (size_t i = 0; ok && i < scoring->part_count; i++) {
        struct part *part = &scoring->parts[i];
        if (!part->kept)
            continue;
        struct docset *narrower = docset_share(found);
        ok = (part->set || find_reports(scoring, part, err)) &&
             docset_and(&narrower, part->set, err);
        bool is_enough = ok && docset_count(narrower) >= scoring->best.wanted;
        docset_free(is_enough ? found : narrower);
        found = is_enough ? narrower : found;
    }
    if (ok)
        *out = found;
    else
        docset_free(found);
    return ok;
}

/* Raises what a candidate must exceed to less than so many of the first candidates come to by the
 * kept words alone, so that others are known to be hopeless from the beginning. */
static bool raise_least(struct scoring *scoring, double most, struct error *err)
{
    struct best *best = &scoring->best;
    struct docset *left = scoring->left, *first;
    uint64_t left_count = scoring->left_count;
    if (left_count <= 2 * FIRST * BLOCK || !has_first(scoring))
        return true;
    if (!find_first(scoring, &first, err))
        return false;
    bool ok = true, helps = docset_count(first) < left_count / 2;
    uint32_t next = 1;
    scoring->left = first;
    scoring->only_kept = true;
    for (size_t i = 0; ok && helps && i < FIRST; i++) {
        fill_block(scoring, next);
        if (scoring->block.count == 0)
            break;
        next = scoring->block.docids[scoring->block.count - 1] + 1;
        ok = weigh_block(scoring, most, err);
    }
    cut(best);
    if (best->count == best->wanted && best->count > 0)
        best->least = nextafter(best->least, -1); /* they are met again */
    best->count = 0;
    scoring->only_kept = false;
    scoring->left = left;
    scoring->left_count = left_count;
    docset_free(first);
    return ok;
}

/* ---- the whole ---------------------------------------------------------------- */

static int most_first(const void *a, const void *b)
{
    double left = ((const struct part *)a)->weight->bm25.most;
    double right = ((const struct part *)b)->weight->bm25.most;
    return (left < right) - (left > right);
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
    size_t count = weight->terms.count;
    if (count == 0)
        return true;
    struct part *part = &scoring->parts[scoring->part_count++];
    *part = (struct part){.weight = weight,
                          .lists = calloc(count, sizeof part->lists[0]),
                          .kept = true,
                          .freq = weight->terms.freq};
    if (!part->lists)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct term *term = &weight->terms.items[i];
        struct list *list = &part->lists[i];
        list->freq = term->freq;
        list->kept = cache_find(scoring->snapshot->frequent, term->text, strlen(term->text));
        if (list->kept)
            continue;
        part->kept = false;
        list->are_codes = postings_are_codes(&scoring->snapshot->source, term->text);
        if (!postings_open(&scoring->snapshot->source, term->text, &list->postings, err))
            return false;
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
    scoring->bounds = calloc(2 * ranking->count + 1, sizeof scoring->bounds[0]);
    scoring->left = docset_share(set);
    scoring->left_count = candidates;
    if (!scoring->best.places || !scoring->parts || !scoring->bounds)
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
    return true;
}

static void close_scoring(struct scoring *scoring)
{
    if (!scoring)
        return;
    for (size_t i = 0; i < scoring->part_count; i++) {
        struct part *part = &scoring->parts[i];
        for (size_t j = 0; part->lists && j < part->weight->terms.count; j++)
            postings_close(part->lists[j].postings);
        free(part->lists);
        docset_free(part->set);
    }
    docset_free(scoring->left);
    free(scoring->bounds);
    free(scoring->parts);
    free(scoring->best.places);
    free(scoring);
}

static bool weigh_all(struct scoring *scoring, struct error *err)
{
    double most = 0;
    for (size_t i = 0; i < scoring->part_count; i++)
        most += scoring->parts[i].weight->bm25.most;
    struct block *block = &scoring->block;
    if (!raise_least(scoring, most, err) || !narrow(scoring, 1, err))
        return false;
    for (fill_block(scoring, 1); block->count > 0;) {
        uint32_t next = block->docids[block->count - 1] + 1;
        if (!weigh_block(scoring, most, err) || !narrow(scoring, next, err))
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
