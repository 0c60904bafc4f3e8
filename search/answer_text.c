#include "search/answer_text.h"

#include <stdlib.h>
#include <string.h>

#include "search/labels.h"

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

/* The UTF-8 character at 'text': its size, and whether a terminal may see it. Text in an index
 * is well-formed; what is not is shown byte by byte, as '?'. */
static bool is_harmless(const unsigned char *text, size_t *size)
{
    unsigned char c = text[0];
    *size = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    for (size_t i = 1; i < *size; i++)
        if ((text[i] & 0xc0) != 0x80) {
            *size = 1;
            return false;
        }
    if (c < 0xc2)
        return c >= ' ' && c < 0x7f;
    if (c == 0xc2) /* C1 controls: U+0080 to U+009F */
        return text[1] >= 0xa0;
    if (c == 0xe2 && text[1] == 0x80) /* U+200E to U+200F, U+2028 to U+202E */
        return !(text[2] >= 0x8e && text[2] <= 0x8f) && !(text[2] >= 0xa8 && text[2] <= 0xae);
    if (c == 0xe2 && text[1] == 0x81) /* U+2066 to U+2069 */
        return !(text[2] >= 0xa6 && text[2] <= 0xa9);
    return c < 0xf5;
}

static void put_text(struct buffer *out, const char *text, const struct highlight *marks,
                     size_t mark_count)
{
    size_t size, mark = 0;
    for (size_t at = 0; text[at]; at += size) {
        bool harmless = is_harmless((const unsigned char *)text + at, &size);
        if (mark < mark_count && at == marks[mark].begin)
            buffer_text(out, BOLD);
        if (harmless)
            buffer_append(out, text + at, size);
        else
            buffer_char(out, strchr("\t\r\n", text[at]) ? ' ' : '?');
        if (mark < mark_count && at + size >= marks[mark].end) {
            buffer_text(out, PLAIN);
            mark++;
        }
    }
}

void answer_text_plain(const char *text, struct buffer *out)
{
    put_text(out, text, NULL, 0);
}

static const char *label_of(const struct snapshot *snapshot, enum field_id field, const char *id)
{
    const struct concept *concept = labels_concept(snapshot_vocabulary(snapshot), field, id);
    return concept ? concept->label : id;
}

static void put_tags(const struct snapshot *snapshot, enum field_id field, char *const *ids,
                     size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i ? ", " : "    ");
        put_text(out, label_of(snapshot, field, ids[i]), NULL, 0);
    }
    if (count)
        buffer_char(out, '\n');
}

static void put_hit(const struct snapshot *snapshot, const struct hit *hit, uint32_t number,
                    bool bold, struct buffer *out)
{
    char day[DAY_TEXT_ROOM];
    struct highlight whole = {0, (uint32_t)strlen(hit->title)};
    buffer_format(out, "\n%u. ", number);
    put_text(out, hit->title, &whole, bold && whole.end);
    buffer_format(out, "\n    %s", hit->day == DAY_NONE ? "undated" : day_format(hit->day, day));
    if (hit->source) {
        buffer_text(out, "  ");
        put_text(out, hit->source, NULL, 0);
    }
    buffer_text(out, "  ");
    put_text(out, hit->id, NULL, 0);
    buffer_char(out, '\n');
    put_tags(snapshot, FIELD_ACTOR, hit->actors, hit->actor_count, out);
    put_tags(snapshot, FIELD_REGION, hit->regions, hit->region_count, out);
    buffer_text(out, "    ");
    put_text(out, hit->snippet, hit->snippet_marks, bold ? hit->snippet_mark_count : 0);
    buffer_char(out, '\n');
}

static void put_facet(const struct facet *facet, struct buffer *out)
{
    if (!facet->value_count)
        return;
    buffer_format(out, "\n%s:", fields[facet->field].name);
    for (size_t i = 0; i < facet->value_count; i++) {
        const struct facet_value *value = &facet->values[i];
        buffer_text(out, i ? ", " : " ");
        buffer_text(out, value->selected ? "*" : value->excluded ? "-" : "");
        put_text(out, value->label, NULL, 0);
        buffer_format(out, " %u", value->reports);
    }
    if (facet->truncated)
        buffer_format(out, " … %zu values in all", facet->total_values);
    buffer_char(out, '\n');
}

/* One character a bucket, as high as its count. */
static void put_histogram(const struct histogram *dates, struct buffer *out)
{
    static const char *const bars[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const size_t heights = ARRAY_LEN(bars) - 1;
    const struct bucket *most = dates->buckets;
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    for (size_t i = 0; i < dates->bucket_count; i++)
        if (dates->buckets[i].reports > most->reports)
            most = &dates->buckets[i];
    if (dates->bucket_count && most->reports) {
        buffer_format(out, "date by %s: %s ", dates->interval->name,
                      day_format(dates->buckets[0].from, from));
        for (size_t i = 0; i < dates->bucket_count; i++) {
            uint64_t reports = dates->buckets[i].reports;
            buffer_text(out, bars[(reports * heights + most->reports - 1) / most->reports]);
        }
        buffer_format(out,
                      " %s; most: ", day_format(dates->buckets[dates->bucket_count - 1].to, to));
        buffer_format(out, "%u from %s to %s\n", most->reports, day_format(most->from, from),
                      day_format(most->to, to));
    }
    if (dates->undated)
        buffer_format(out, "undated: %u\n", dates->undated);
}

static void put_names(const struct answer *answer, struct buffer *out)
{
    for (size_t i = 0; i < answer->name_count; i++) {
        const struct expansion *name = &answer->names[i];
        buffer_format(out, "%s%s ", i ? ", " : "also tagged: ", fields[name->field].name);
        put_text(out, name->label, NULL, 0);
        buffer_format(out, " %u", name->reports);
    }
    if (answer->name_count)
        buffer_text(out, " (--names off: exact words only)\n");
}

static void put_diagnosis(const struct diagnosis *diagnosis, struct buffer *out)
{
    for (size_t i = 0; i < diagnosis->without_count; i++) {
        buffer_format(out, "%u without: ", diagnosis->without[i].reports);
        put_text(out, diagnosis->without[i].part, NULL, 0);
        buffer_char(out, '\n');
    }
    if (diagnosis->spelt) {
        buffer_text(out, "did you mean: ");
        put_text(out, diagnosis->spelt->question.q, NULL, 0);
        buffer_format(out, " (%u)\n", diagnosis->spelt->reports);
    }
    if (diagnosis->any)
        buffer_format(out, "%u with any of the words (--match any)\n", diagnosis->any->reports);
}

void answer_text(const struct answer *answer, const struct snapshot *snapshot, bool bold,
                 struct buffer *out)
{
    uint32_t first = answer->question.first;
    buffer_format(out, "%u of %u reports", answer->total, snapshot_reports(snapshot));
    if (answer->hit_count)
        buffer_format(out, ", %u to %zu", first + 1, first + answer->hit_count);
    buffer_format(out, " (index %s, %.1f ms)\n", answer->generation, answer->took_ms);
    if (answer->question.q[0]) {
        buffer_text(out, "read as: ");
        put_text(out, answer->read_as, NULL, 0);
        buffer_char(out, '\n');
    }
    put_names(answer, out);
    for (size_t i = 0; i < answer->query->note_count; i++) {
        buffer_text(out, "note: ");
        put_text(out, answer->query->notes[i].text, NULL, 0);
        buffer_char(out, '\n');
    }
    put_diagnosis(&answer->diagnosis, out);
    for (size_t i = 0; i < answer->hit_count; i++)
        put_hit(snapshot, &answer->hits[i], first + (uint32_t)i + 1, bold, out);
    for (size_t i = 0; i < answer->facet_count; i++)
        put_facet(&answer->facets[i], out);
    put_histogram(&answer->dates, out);
}
