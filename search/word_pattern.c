#include "search/word_pattern.h"

#include <stdint.h>
#include <string.h>

_Static_assert(LIMIT_NEAR_WINDOW <= WORD_STREAM_GAP_WORDS, "NEAR does not reach over a gap");

static void add_target(struct word_pattern *pattern, const unsigned char *code, size_t size)
{
    struct word_target *targets = pattern->targets;
    size_t i = 0;
    while (i < pattern->target_count &&
           (targets[i].size != size || memcmp(targets[i].code, code, size) != 0))
        i++;
    pattern->target_count += i == pattern->target_count;
    memcpy(targets[i].code, code, size);
    targets[i].size = size;
    targets[i].times++;
    pattern->ends[code[size - 1]] = true;
    const struct word_target *rarest = &targets[pattern->rarest];
    if (size > rarest->size || (size == rarest->size && memcmp(code, rarest->code, size) > 0))
        pattern->rarest = i;
}

void word_pattern_make(const struct query_node *node, const struct word_list *list,
                       struct word_pattern *out)
{
    unsigned char code[WORD_CODE_ROOM];
    memset(out, 0, sizeof *out);
    out->ends[WORD_STREAM_GAP] = out->ends[WORD_STREAM_APART] = true;
    out->field = node->field;
    out->near = node->kind == QUERY_NEAR;
    out->window = node->window;
    for (size_t i = 0; i < node->word_count; i++) {
        const char *word = node->words[i];
        size_t size = word_code(word_list_number(list, word), word, strlen(word), code);
        if (out->near) {
            add_target(out, code, size);
        } else {
            memcpy(out->bytes + out->size, code, size);
            out->size += size;
        }
    }
}

/* ---- finding a run of codes --------------------------------------------------------- */

#define BLOCK 64 /* bytes looked at together */

/* Whether one of a block of bytes is 'first' and has 'last' at the same place of another block.
 * Written so that compilers make vector instructions of it. */
static bool has_both(const unsigned char *firsts, const unsigned char *lasts, unsigned char first,
                     unsigned char last)
{
    unsigned char found = 0;
    for (size_t i = 0; i < BLOCK; i++)
        found |= (unsigned char)((firsts[i] == first) & (lasts[i] == last));
    return found;
}

/* Where the codes stand next, from 'at' on; NULL for nowhere. What they end in ends a code, so
 * only where they begin is in question. Most blocks are passed over by two bytes of the codes. */
static const unsigned char *find_codes(const unsigned char *codes, size_t size, struct word_span in,
                                       const unsigned char *at)
{
    const unsigned char first = codes[0], last = codes[size - 1];
    while ((size_t)(in.end - at) >= size) {
        size_t places = (size_t)(in.end - at) - size + 1;
        if (places >= BLOCK && !has_both(at, at + size - 1, first, last)) {
            at += BLOCK;
            continue;
        }
        if (places > BLOCK)
            places = BLOCK;
        for (; places; places--, at++)
            if (*at == first && at[size - 1] == last && word_code_begins(in.begin, at) &&
                memcmp(at, codes, size) == 0)
                return at;
    }
    return NULL;
}

/* ---- NEAR ------------------------------------------------------------------------- */

/* The target whose code ends at a byte. */
static const struct word_target *target_at(const struct word_pattern *pattern,
                                           const unsigned char *begin, const unsigned char *last)
{
    for (size_t i = 0; i < pattern->target_count; i++) {
        const struct word_target *target = &pattern->targets[i];
        if ((size_t)(last + 1 - begin) < target->size)
            continue;
        const unsigned char *code = last + 1 - target->size;
        if (memcmp(code, target->code, target->size) == 0 && word_code_begins(begin, code))
            return target;
    }
    return NULL;
}

/* The latest occurrences of each target, the earliest of them first; 0 for none yet. */
struct latest {
    uint32_t of[LIMIT_NEAR_WORDS][LIMIT_NEAR_WORDS];
};

/* Whether they are all at most the window away from where one of them has just been found. */
static bool are_near(const struct word_pattern *pattern, const struct latest *latest, uint32_t here)
{
    for (size_t i = 0; i < pattern->target_count; i++)
        if (here - latest->of[i][0] > pattern->window)
            return false;
    return true;
}

static bool are_within(const struct word_pattern *pattern, struct word_span in)
{
    struct latest latest = {0};
    uint32_t here = pattern->window; /* so that none yet is outside of the window */
    for (const unsigned char *at = in.begin; at < in.end; at++) {
        here += word_code_ends(*at);
        if (!pattern->ends[*at])
            continue;
        const struct word_target *target = target_at(pattern, in.begin, at);
        if (!target) {
            here += word_code_is_gap(in.begin, at) ? WORD_STREAM_GAP_WORDS : 0;
            continue;
        }
        uint32_t *of = latest.of[target - pattern->targets];
        memmove(of, of + 1, (target->times - 1) * sizeof of[0]);
        of[target->times - 1] = here;
        if (are_near(pattern, &latest, here))
            return true;
    }
    return false;
}

/* The codes that can be in one window with the one at 'at'. */
static struct word_span window_around(struct word_span in, const unsigned char *at, unsigned window)
{
    struct word_span out = {at, at};
    unsigned before = window + 1, after = window + 1;
    while (out.begin > in.begin && (before -= word_code_ends(out.begin[-1])))
        out.begin--;
    while (out.end < in.end && after)
        after -= word_code_ends(*out.end++);
    return out;
}

/* Only around the rarest of the words; all at once where that would be no less to look at. */
static bool has_near(const struct word_pattern *pattern, struct word_span in)
{
    const struct word_target *rarest = &pattern->targets[pattern->rarest];
    size_t left = (size_t)(in.end - in.begin);
    const unsigned char *at = in.begin;
    while ((at = find_codes(rarest->code, rarest->size, in, at))) {
        struct word_span window = window_around(in, at, pattern->window);
        size_t size = (size_t)(window.end - window.begin);
        if (size > left)
            return are_within(pattern, in);
        if (are_within(pattern, window))
            return true;
        left -= size;
        at++;
    }
    return false;
}

bool word_pattern_matches(const struct word_pattern *pattern, const char *stream, size_t size)
{
    struct word_span in = pattern->field == FIELD_TITLE ? word_stream_title(stream, size)
                                                        : word_stream_text(stream, size);
    return pattern->near ? has_near(pattern, in)
                         : find_codes(pattern->bytes, pattern->size, in, in.begin) != NULL;
}
