#include "indexer/candidates.h"

#include <inttypes.h>
#include <jansson.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/json_line.h"
#include "indexer/sentence.h"
#include "schema/tokenizer.h"

#define NAME_WORDS      12u /* a longer run is a headline */
#define ACRONYM_LETTERS 12u

/* What a word can be to a name. */
enum word_role {
    ROLE_PLAIN,
    ROLE_HEAD,   /* says what kind of group it is */
    ROLE_JOINER, /* stands inside a name, in lower case */
    ROLE_COMMON, /* says nothing by itself */
    ROLE_OPENER, /* begins a sentence rather than a name */
};

/* Folded, in byte order for bsearch(). */
static const struct role {
    const char *word;
    enum word_role role;
} roles[] = {
    {"a", ROLE_OPENER},          {"after", ROLE_OPENER},      {"al", ROLE_JOINER},
    {"alliance", ROLE_HEAD},     {"an", ROLE_OPENER},         {"and", ROLE_JOINER},
    {"ansar", ROLE_HEAD},        {"armed", ROLE_COMMON},      {"armee", ROLE_HEAD},
    {"army", ROLE_HEAD},         {"at", ROLE_OPENER},         {"battalion", ROLE_HEAD},
    {"brigade", ROLE_HEAD},      {"brigades", ROLE_HEAD},     {"cartel", ROLE_HEAD},
    {"central", ROLE_COMMON},    {"civil", ROLE_COMMON},      {"coalition", ROLE_HEAD},
    {"command", ROLE_HEAD},      {"committee", ROLE_HEAD},    {"communist", ROLE_COMMON},
    {"congress", ROLE_HEAD},     {"coordination", ROLE_HEAD}, {"council", ROLE_HEAD},
    {"da", ROLE_JOINER},         {"de", ROLE_JOINER},         {"defence", ROLE_COMMON},
    {"defense", ROLE_COMMON},    {"democratic", ROLE_COMMON}, {"des", ROLE_JOINER},
    {"do", ROLE_JOINER},         {"du", ROLE_JOINER},         {"during", ROLE_OPENER},
    {"ejercito", ROLE_HEAD},     {"el", ROLE_JOINER},         {"et", ROLE_JOINER},
    {"federal", ROLE_COMMON},    {"for", ROLE_JOINER},        {"forces", ROLE_HEAD},
    {"from", ROLE_OPENER},       {"frente", ROLE_HEAD},       {"front", ROLE_HEAD},
    {"gang", ROLE_HEAD},         {"government", ROLE_COMMON}, {"ground", ROLE_COMMON},
    {"group", ROLE_HEAD},        {"guard", ROLE_HEAD},        {"guards", ROLE_HEAD},
    {"harakat", ROLE_HEAD},      {"human", ROLE_COMMON},      {"in", ROLE_OPENER},
    {"islamic", ROLE_COMMON},    {"its", ROLE_OPENER},        {"jaysh", ROLE_HEAD},
    {"joint", ROLE_COMMON},      {"jund", ROLE_HEAD},         {"katibat", ROLE_HEAD},
    {"la", ROLE_JOINER},         {"le", ROLE_JOINER},         {"liberation", ROLE_COMMON},
    {"liwa", ROLE_HEAD},         {"local", ROLE_COMMON},      {"many", ROLE_OPENER},
    {"militant", ROLE_COMMON},   {"military", ROLE_COMMON},   {"militia", ROLE_HEAD},
    {"militias", ROLE_HEAD},     {"movement", ROLE_HEAD},     {"movimiento", ROLE_HEAD},
    {"national", ROLE_COMMON},   {"network", ROLE_HEAD},      {"of", ROLE_JOINER},
    {"on", ROLE_OPENER},         {"organisation", ROLE_HEAD}, {"organization", ROLE_HEAD},
    {"our", ROLE_OPENER},        {"para", ROLE_JOINER},       {"party", ROLE_HEAD},
    {"patriotic", ROLE_COMMON},  {"people", ROLE_COMMON},     {"peoples", ROLE_COMMON},
    {"police", ROLE_COMMON},     {"popular", ROLE_COMMON},    {"pour", ROLE_JOINER},
    {"rebel", ROLE_COMMON},      {"regional", ROLE_COMMON},   {"regiment", ROLE_HEAD},
    {"republican", ROLE_COMMON}, {"resistance", ROLE_HEAD},   {"revolutionary", ROLE_COMMON},
    {"rights", ROLE_COMMON},     {"security", ROLE_COMMON},   {"several", ROLE_OPENER},
    {"some", ROLE_OPENER},       {"special", ROLE_COMMON},    {"state", ROLE_COMMON},
    {"supreme", ROLE_COMMON},    {"the", ROLE_OPENER},        {"these", ROLE_OPENER},
    {"this", ROLE_OPENER},       {"those", ROLE_OPENER},      {"union", ROLE_HEAD},
    {"united", ROLE_COMMON},     {"unity", ROLE_COMMON},      {"when", ROLE_OPENER},
    {"while", ROLE_OPENER},      {"y", ROLE_JOINER},
};

struct part {
    size_t begin, end; /* bytes */
    enum word_role role;
    bool is_capital, is_upper;
    bool is_joined; /* by a blank or hyphen to the one before */
};

struct candidate {
    char *folded; /* the key */
    char *name;   /* as first seen */
    char acronym[ACRONYM_LETTERS + 1];
    uint64_t reports, times;
    uint64_t last_report; /* by number, to count each once */
    char *id, *sentence;  /* where it was first seen */
};

struct candidates {
    void *tree; /* of tsearch(), by folded name */
    size_t count;
    uint64_t reports;
    struct part *parts; /* of the text at hand */
    size_t part_count, part_room;
};

static int compare_folded(const void *a, const void *b)
{
    return strcmp(((const struct candidate *)a)->folded, ((const struct candidate *)b)->folded);
}

static int compare_role(const void *word, const void *role)
{
    return strcmp(word, ((const struct role *)role)->word);
}

static void free_candidate(void *pointer)
{
    struct candidate *candidate = pointer;
    free(candidate->folded);
    free(candidate->name);
    free(candidate->id);
    free(candidate->sentence);
    free(candidate);
}

bool candidates_open(struct candidates **out, struct error *err)
{
    struct candidates *candidates = calloc(1, sizeof *candidates);
    if (!candidates)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *out = candidates;
    return true;
}

void candidates_close(struct candidates *candidates)
{
    if (!candidates)
        return;
    tdestroy(candidates->tree, free_candidate);
    free(candidates->parts);
    free(candidates);
}

/* ---- finding them ------------------------------------------------------- */

/* Whether only a blank or hyphen stands between two words, after a possessive at most. */
static bool is_joint(const char *text, size_t begin, size_t end)
{
    static const char *const joints[] = {" ", "-", "'s ", "' ", "’s ", "’ "};
    for (size_t i = 0; i < ARRAY_LEN(joints); i++)
        if (strlen(joints[i]) == end - begin && memcmp(text + begin, joints[i], end - begin) == 0)
            return true;
    return false;
}

static bool cut_words(struct candidates *candidates, const char *text, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    bool ok = true;
    candidates->part_count = 0;
    tokenizer_start(&tokenizer, text, size);
    while (ok && tokenizer_next(&tokenizer, &token)) {
        ok = array_reserve(&candidates->parts, &candidates->part_room, candidates->part_count + 1,
                           sizeof candidates->parts[0]);
        if (!ok)
            break;
        struct part *part = &candidates->parts[candidates->part_count];
        const struct role *role =
            bsearch(token.folded, roles, ARRAY_LEN(roles), sizeof roles[0], compare_role);
        *part = (struct part){.begin = token.begin,
                              .end = token.end,
                              .role = role ? role->role : ROLE_PLAIN,
                              .is_capital = token.flags & TOKEN_CAPITAL,
                              .is_upper = token.flags & TOKEN_UPPER,
                              .is_joined = candidates->part_count &&
                                           is_joint(text, part[-1].end, token.begin)};
        candidates->part_count++;
    }
    tokenizer_end(&tokenizer);
    return ok;
}

/* The end of the run of capitalised words that begins at 'first': joiners count where a
 * capital follows. */
static size_t run_end(const struct candidates *candidates, size_t first)
{
    const struct part *parts = candidates->parts;
    size_t end = first + 1;
    for (size_t at = end; at < candidates->part_count && parts[at].is_joined; at++) {
        if (parts[at].is_capital)
            end = at + 1;
        else if (parts[at].role != ROLE_JOINER || at - end >= 2)
            break;
    }
    return end;
}

/* Whether words [first, end) are a name of a group. */
static bool looks_like_actor(const struct part *parts, size_t first, size_t end)
{
    bool telling = false;
    size_t capitals = 0;
    for (size_t i = first; i < end; i++) {
        capitals += parts[i].is_capital;
        telling = telling || (parts[i].role == ROLE_PLAIN && parts[i].is_capital);
    }
    bool head = (parts[end - 1].role == ROLE_HEAD && parts[end - 2].role != ROLE_JOINER) ||
                (parts[first].role == ROLE_HEAD && parts[first + 1].role == ROLE_JOINER);
    return telling && capitals >= 2 && head && end - first <= NAME_WORDS;
}

static bool is_known(const struct report *report, enum report_part part, size_t begin, size_t end)
{
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        if (mention->kind == MENTION_ACTOR && mention->part == part && mention->begin < end &&
            mention->end > begin)
            return true;
    }
    return false;
}

/* "(ALF)" behind a name. */
static void read_acronym(const struct candidates *candidates, const char *text, size_t end,
                         struct candidate *candidate)
{
    if (candidate->acronym[0] || end >= candidates->part_count)
        return;
    const struct part *part = &candidates->parts[end], *last = part - 1;
    size_t size = part->end - part->begin;
    if (part->is_upper && size <= ACRONYM_LETTERS && part->begin == last->end + 2 &&
        text[part->begin - 1] == '(' && text[part->end] == ')')
        memcpy(candidate->acronym, text + part->begin, size);
}

static struct candidate *find_candidate(struct candidates *candidates, const char *name,
                                        size_t size)
{
    struct candidate *fresh = calloc(1, sizeof *fresh);
    if (!fresh)
        return NULL;
    fresh->folded = text_fold(name, size);
    struct candidate **found =
        fresh->folded ? tsearch(fresh, &candidates->tree, compare_folded) : NULL;
    if (!found || *found != fresh) {
        free_candidate(fresh);
        return found ? *found : NULL;
    }
    candidates->count++;
    return fresh;
}

static bool note(struct candidates *candidates, const struct report *report, const char *text,
                 size_t size, size_t first, size_t end)
{
    size_t begin = candidates->parts[first].begin, stop = candidates->parts[end - 1].end;
    struct candidate *candidate = find_candidate(candidates, text + begin, stop - begin);
    if (!candidate)
        return false;
    if (!candidate->name) {
        candidate->name = strndup(text + begin, stop - begin);
        candidate->id = strdup(report->id);
        candidate->sentence = sentence_around(text, size, begin, stop);
        if (!candidate->name || !candidate->id || !candidate->sentence)
            return false;
    }
    read_acronym(candidates, text, end, candidate);
    candidate->times++;
    candidate->reports += candidate->last_report != candidates->reports;
    candidate->last_report = candidates->reports;
    return true;
}

static bool look_through(struct candidates *candidates, const struct report *report,
                         enum report_part which, const char *text, size_t size)
{
    bool ok = cut_words(candidates, text, size);
    const struct part *parts = candidates->parts;
    for (size_t at = 0; ok && at < candidates->part_count;) {
        size_t first = at, end = parts[at].is_capital ? run_end(candidates, at) : at + 1;
        at = end;
        while (first < end && parts[first].role == ROLE_OPENER)
            first++;
        if (end - first >= 2 && looks_like_actor(parts, first, end) &&
            !is_known(report, which, parts[first].begin, parts[end - 1].end))
            ok = note(candidates, report, text, size, first, end);
    }
    return ok;
}

bool candidates_add(struct candidates *candidates, const struct report *report, struct error *err)
{
    candidates->reports++;
    bool ok = report->title_derived ||
              look_through(candidates, report, PART_TITLE, report->title, strlen(report->title));
    ok = ok && look_through(candidates, report, PART_BODY, report->body, report->body_size);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- the result --------------------------------------------------------- */

static void collect(const void *node, VISIT visit, void *context)
{
    const struct candidate ***next = context;
    if (visit == postorder || visit == leaf)
        *(*next)++ = *(const struct candidate *const *)node;
}

static int compare_counts(const void *a, const void *b)
{
    const struct candidate *left = *(const struct candidate *const *)a;
    const struct candidate *right = *(const struct candidate *const *)b;
    if (left->reports != right->reports)
        return left->reports > right->reports ? -1 : 1;
    if (left->times != right->times)
        return left->times > right->times ? -1 : 1;
    return strcmp(left->folded, right->folded);
}

/* Most reports first; the caller frees the array. NULL out of memory. */
static const struct candidate **sorted(const struct candidates *candidates)
{
    const struct candidate **all = calloc(candidates->count + 1, sizeof *all), **next = all;
    if (!all)
        return NULL;
    twalk_r(candidates->tree, collect, &next);
    qsort(all, candidates->count, sizeof *all, compare_counts);
    return all;
}

void candidates_text(const struct candidates *candidates, struct buffer *out)
{
    const struct candidate **all = sorted(candidates);
    out->failed = out->failed || !all;
    buffer_format(out, "reports  times  name (%zu names, %" PRIu64 " reports read)\n",
                  candidates->count, candidates->reports);
    for (size_t i = 0; all && i < candidates->count; i++) {
        const struct candidate *candidate = all[i];
        bool named = candidate->acronym[0];
        buffer_format(out, "%7" PRIu64 " %6" PRIu64 "  %s%s%s%s\n%16s%s: %s\n", candidate->reports,
                      candidate->times, candidate->name, named ? " (" : "", candidate->acronym,
                      named ? ")" : "", "", candidate->id, candidate->sentence);
    }
    free(all);
}

bool candidates_json(const struct candidates *candidates, struct buffer *out, struct error *err)
{
    const struct candidate **all = sorted(candidates);
    bool ok = all || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; ok && i < candidates->count; i++) {
        const struct candidate *candidate = all[i];
        json_t *object =
            json_pack("{s:s, s:s?, s:I, s:I, s:s, s:s}", "name", candidate->name, "acronym",
                      candidate->acronym[0] ? candidate->acronym : NULL, "reports",
                      (json_int_t)candidate->reports, "times", (json_int_t)candidate->times, "id",
                      candidate->id, "sentence", candidate->sentence);
        ok = json_line_append(out, object, err);
    }
    free(all);
    return ok;
}
