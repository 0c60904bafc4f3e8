#include "search/snippet.h"

#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"
#include "search/marker.h"

#define CUT "…"

void snippet_clear(struct snippet *snippet)
{
    free(snippet->text);
    free(snippet->marks);
    memset(snippet, 0, sizeof *snippet);
}

/* ---- the best passage ---------------------------------------------------------- */

/* What is cut out of the text: [begin, end), within a section. */
struct passage {
    size_t begin, end;
    bool cut_before, cut_after; /* in the middle of a sentence */
};

/* The section a byte is in: [begin, end); 'rank' 0 is the body proper, which is preferred. */
struct section {
    size_t begin, end;
    unsigned rank;
};

static struct section section_at(const struct snippet_source *source, size_t at)
{
    struct section section = {0, source->size, 0};
    const size_t starts[] = {source->faq_begin, source->sources_begin};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        if (starts[i] <= at && starts[i] >= section.begin && starts[i] < source->size)
            section = (struct section){starts[i], section.end, (unsigned)i + 1};
        else if (starts[i] > at && starts[i] < section.end)
            section.end = starts[i];
    }
    return section;
}

/* How much each part of the question tells: the rarer in this text, the more. */
static void weigh(const struct occurrences *found, unsigned weights[MARKER_UNITS])
{
    size_t counts[MARKER_UNITS] = {0};
    for (size_t i = 0; i < found->count; i++)
        for (uint64_t units = found->items[i].units; units != 0; units &= units - 1)
            counts[__builtin_ctzll(units)]++;
    for (unsigned unit = 0; unit < MARKER_UNITS; unit++) {
        weights[unit] = 4;
        for (size_t share = counts[unit] ? found->count / counts[unit] : 0; share > 1; share /= 2)
            weights[unit]++;
    }
}

/* The occurrences from one on that fit into a passage. */
struct window {
    size_t first, last; /* [first, last) */
    size_t counts[MARKER_UNITS];
    unsigned weight; /* of the parts of the question in it */
};

static void window_count(struct window *window, const struct occurrence *occurrence,
                         const unsigned weights[MARKER_UNITS], bool enters)
{
    for (uint64_t units = occurrence->units; units != 0; units &= units - 1) {
        unsigned unit = (unsigned)__builtin_ctzll(units);
        window->counts[unit] += enters ? 1 : SIZE_MAX;
        if (window->counts[unit] == (enters ? 1 : 0))
            window->weight += enters ? weights[unit] : 0u - weights[unit];
    }
}

/* The best run of occurrences [*first, *last) that fits into a passage: in the best section, then
 * with the most of the question, then with the most occurrences, then the first. */
static void best_run(const struct snippet_source *source, const struct occurrences *found,
                     size_t *first, size_t *last)
{
    unsigned weights[MARKER_UNITS], best_rank = ~0u;
    size_t best = 0;
    struct window window = {0};
    struct section section = {0, 0, 0};
    weigh(found, weights);
    for (; window.first < found->count; window.first++) {
        const struct occurrence *left = &found->items[window.first];
        if (left->begin >= section.end)
            section = section_at(source, left->begin);
        for (; window.last < found->count; window.last++) {
            const struct occurrence *right = &found->items[window.last];
            bool fits = right->end <= section.end && right->end - left->begin <= SNIPPET_BYTES;
            if (!fits && window.last > window.first)
                break;
            window_count(&window, right, weights, true);
        }
        size_t run = window.last - window.first;
        size_t score = (size_t)window.weight * 8 + (run < 16 ? run : 16);
        if (section.rank < best_rank || (section.rank == best_rank && score > best)) {
            best_rank = section.rank;
            best = score;
            *first = window.first;
            *last = window.last;
        }
        window_count(&window, left, weights, false);
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_inside_character(const char *text, size_t size, size_t at)
{
    return at < size && ((unsigned char)text[at] & 0xc0) == 0x80;
}

/* The first place from 'at' on, and before 'most', where a word can begin; 'at', moved to a
 * character, where there is none. */
static size_t word_start(const struct snippet_source *source, size_t at, size_t most)
{
    for (size_t i = at; i < most; i++)
        if (is_space(source->text[i]))
            return i + 1;
    while (at < most && is_inside_character(source->text, source->size, at))
        at++;
    return at;
}

/* The last place up to 'at', and not before 'least', where a word ends: at a blank, or else at a
 * character. */
static size_t word_end(const struct snippet_source *source, size_t at, size_t least)
{
    for (size_t i = at; i > least; i--)
        if (is_space(source->text[i]))
            return i;
    while (at > least && is_inside_character(source->text, source->size, at))
        at--;
    return at;
}

/* The last end of a sentence in [least, most); 'most' where there is none. */
static size_t sentence_end(const struct snippet_source *source, size_t least, size_t most)
{
    for (size_t i = most; i > least; i--)
        if (is_space(source->text[i]) && i > 0 && strchr(".!?", source->text[i - 1]))
            return i;
    return most;
}

/* Room around [begin, end): from the start of its sentence where that fits. */
static struct passage passage_around(const struct snippet_source *source, size_t begin, size_t end,
                                     size_t sentence)
{
    struct section section = section_at(source, begin);
    struct passage passage = {section.begin, section.end, false, false};
    if (section.end - section.begin <= SNIPPET_BYTES)
        return passage;
    size_t spare = end - begin < SNIPPET_BYTES ? SNIPPET_BYTES - (end - begin) : 0;
    if (sentence >= section.begin && end - sentence <= SNIPPET_BYTES) {
        passage.begin = sentence;
    } else if (begin - section.begin > spare / 3) {
        passage.begin = word_start(source, begin - spare / 3, begin);
        passage.cut_before = true;
    }
    size_t most = passage.begin + SNIPPET_BYTES;
    if (most < end)
        most = end;
    if (most >= section.end)
        return passage;
    size_t least =
        passage.begin + SNIPPET_BYTES / 2 > end ? passage.begin + SNIPPET_BYTES / 2 : end;
    passage.end = sentence_end(source, least, most);
    if (passage.end == most) {
        passage.end = word_end(source, most, end);
        passage.cut_after = true;
    }
    return passage;
}

/* ---- cutting it out -------------------------------------------------------------- */

/* Appends cleaned text, each run of blanks as one. */
static void append_line(struct buffer *out, const char *text, size_t size)
{
    size_t clean_size;
    char *clean = text_clean(text, size, &clean_size, NULL);
    if (!clean)
        out->failed = true;
    for (size_t i = 0; clean && i < clean_size; i++) {
        bool space = is_space(clean[i]);
        if (!space)
            buffer_char(out, clean[i]);
        else if (out->size > 0 && out->bytes[out->size - 1] != ' ')
            buffer_char(out, ' ');
    }
    free(clean);
}

/* Appends a highlight, or lengthens the last one where it touches. */
static bool add_mark(struct snippet *snippet, size_t *room, size_t begin, size_t end)
{
    struct highlight mark = {(uint32_t)begin, (uint32_t)end};
    if (snippet->mark_count > 0 && snippet->marks[snippet->mark_count - 1].end == mark.begin) {
        snippet->marks[snippet->mark_count - 1].end = mark.end;
        return true;
    }
    if (!array_reserve(&snippet->marks, room, snippet->mark_count + 1, sizeof *snippet->marks))
        return false;
    snippet->marks[snippet->mark_count++] = mark;
    return true;
}

/* The passage as one line, and the occurrences in it as highlights. */
static bool cut_out(const struct snippet_source *source, const struct passage *passage,
                    const struct occurrences *found, struct snippet *out, struct error *err)
{
    struct buffer line = {0};
    struct snippet made = {0};
    size_t room = 0, at = passage->begin;
    bool done = true;
    buffer_text(&line, passage->cut_before ? CUT : "");
    for (size_t i = 0; i < found->count && done; i++) {
        const struct occurrence *occurrence = &found->items[i];
        if (occurrence->begin < at || occurrence->end > passage->end)
            continue;
        append_line(&line, source->text + at, occurrence->begin - at);
        size_t begin = line.size;
        append_line(&line, source->text + occurrence->begin, occurrence->end - occurrence->begin);
        at = occurrence->end;
        done = add_mark(&made, &room, begin, line.size);
    }
    append_line(&line, source->text + at, passage->end - at);
    while (line.size > 0 && line.bytes[line.size - 1] == ' ')
        line.bytes[--line.size] = '\0';
    buffer_text(&line, passage->cut_after ? CUT : "");
    made.text = buffer_take(&line, &made.size);
    if (!done || !made.text) {
        snippet_clear(&made);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    *out = made;
    return true;
}

bool snippet_make(const struct marker *marker, const struct snippet_source *source,
                  struct xap_stemmer *stemmer, struct snippet *out, struct error *err)
{
    struct occurrences found = {0};
    struct passage passage;
    bool done = marker_scan(marker, source, false, stemmer, &found, err);
    if (done && found.count > 0) {
        size_t first = 0, last = 0;
        best_run(source, &found, &first, &last);
        passage = passage_around(source, found.items[first].begin, found.items[last - 1].end,
                                 found.items[first].sentence);
    } else {
        passage = passage_around(source, 0, 0, 0);
    }
    done = done && cut_out(source, &passage, &found, out, err);
    free(found.items);
    return done;
}

bool snippet_make_title(const struct marker *marker, const char *title, size_t size,
                        struct xap_stemmer *stemmer, struct snippet *out, struct error *err)
{
    struct snippet_source source = {title, size, size, size};
    struct passage passage = {0, size, false, false};
    struct occurrences found = {0};
    bool done = marker_scan(marker, &source, true, stemmer, &found, err) &&
                cut_out(&source, &passage, &found, out, err);
    free(found.items);
    return done;
}
