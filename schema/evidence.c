#include "schema/evidence.h"

#include <stdlib.h>
#include <string.h>

void evidence_clear(struct evidence *evidence)
{
    free(evidence->rules);
    free(evidence->names);
    buffer_free(&evidence->numbers);
    *evidence = (struct evidence){0};
}

bool evidence_add_rule(struct evidence *evidence, const struct evidence_rule *rule)
{
    if (!array_reserve(&evidence->rules, &evidence->rule_room, evidence->rule_count + 1,
                       sizeof *evidence->rules))
        return false;
    evidence->rules[evidence->rule_count++] = *rule;
    return true;
}

bool evidence_add_name(struct evidence *evidence, const char *name)
{
    if (!array_reserve(&evidence->names, &evidence->name_room, evidence->name_count + 1,
                       sizeof *evidence->names))
        return false;
    evidence->names[evidence->name_count++] = name;
    return true;
}

static char **tags_of(const struct report *report, enum mention_kind kind, size_t *count)
{
    *count = kind == MENTION_ACTOR    ? report->actor_count
             : kind == MENTION_REGION ? report->region_count
                                      : report->mentioned_count;
    return kind == MENTION_ACTOR    ? report->actors
           : kind == MENTION_REGION ? report->regions
                                    : report->mentioned;
}

/* ---- writing ------------------------------------------------------------------------ */

/* By kind, part, begin, end, id. */
static int compare_mentions(const void *a, const void *b)
{
    const struct mention *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->part != right->part)
        return left->part < right->part ? -1 : 1;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return strcmp(left->id, right->id);
}

/* Seven bits a byte, the lowest first; the high bit says that more follow. */
static void write_number(struct buffer *out, size_t number)
{
    for (; number >= 0x80; number >>= 7)
        buffer_char(out, (char)(number | 0x80));
    buffer_char(out, (char)number);
}

static bool number_rule(struct evidence *evidence, const struct mention *mention, size_t *out)
{
    const struct evidence_rule rule = {mention->kind, mention->part, mention->confidence,
                                       mention->rule};
    for (size_t i = 0; i < evidence->rule_count; i++) {
        const struct evidence_rule *other = &evidence->rules[i];
        *out = i;
        if (other->kind == rule.kind && other->part == rule.part &&
            other->confidence == rule.confidence && strcmp(other->rule, rule.rule) == 0)
            return true;
    }
    *out = evidence->rule_count;
    return evidence_add_rule(evidence, &rule);
}

static int compare_tag(const void *id, const void *tag)
{
    return strcmp(id, *(char *const *)tag);
}

static bool number_id(struct evidence *evidence, const struct report *report,
                      const struct mention *mention, size_t *out)
{
    size_t count;
    char **tags = tags_of(report, mention->kind, &count);
    char **tag = count ? bsearch(mention->id, tags, count, sizeof *tags, compare_tag) : NULL;
    if (tag) {
        *out = (size_t)(tag - tags);
        return true;
    }
    size_t i = 0; /* a report keeps equal ids once */
    while (i < evidence->name_count && evidence->names[i] != mention->id)
        i++;
    *out = count + i;
    return i < evidence->name_count || evidence_add_name(evidence, mention->id);
}

bool evidence_write(struct evidence *evidence, const struct report *report)
{
    if (report->mention_count == 0)
        return true;
    struct mention *sorted = malloc(report->mention_count * sizeof *sorted);
    if (!sorted)
        return false;
    memcpy(sorted, report->mentions, report->mention_count * sizeof *sorted);
    qsort(sorted, report->mention_count, sizeof *sorted, compare_mentions);
    bool ok = true;
    const struct mention *before = NULL;
    for (size_t i = 0; ok && i < report->mention_count; i++) {
        const struct mention *mention = &sorted[i];
        size_t rule, id;
        if (before && (before->kind != mention->kind || before->part != mention->part))
            before = NULL;
        ok = number_rule(evidence, mention, &rule) && number_id(evidence, report, mention, &id);
        if (!ok)
            break;
        write_number(&evidence->numbers, rule);
        write_number(&evidence->numbers, mention->begin - (before ? before->begin : 0));
        write_number(&evidence->numbers, mention->end - mention->begin);
        write_number(&evidence->numbers, id);
        before = mention;
    }
    free(sorted);
    return ok && !evidence->numbers.failed;
}

/* ---- reading ------------------------------------------------------------------------ */

struct cursor {
    const char *at, *end;
};

static bool read_number(struct cursor *cursor, uint32_t *out)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 35 && cursor->at < cursor->end; shift += 7) {
        unsigned char byte = (unsigned char)*cursor->at++;
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = (uint32_t)number;
            return number <= UINT32_MAX;
        }
    }
    return false;
}

static const char *find_id(const struct evidence *evidence, const struct report *report,
                           enum mention_kind kind, uint32_t number)
{
    size_t count;
    char **tags = tags_of(report, kind, &count);
    if (number < count)
        return tags[number];
    return number - count < evidence->name_count ? evidence->names[number - count] : NULL;
}

bool evidence_read(const struct evidence *evidence, const char *numbers, size_t size,
                   struct report *report, struct error *err)
{
    struct cursor cursor = {numbers, numbers + size};
    struct mention before = {0};
    bool any = false;
    while (cursor.at < cursor.end) {
        uint32_t row, distance, length, id;
        if (!read_number(&cursor, &row) || !read_number(&cursor, &distance) ||
            !read_number(&cursor, &length) || !read_number(&cursor, &id) ||
            row >= evidence->rule_count)
            return false;
        const struct evidence_rule *rule = &evidence->rules[row];
        bool follows = any && before.kind == rule->kind && before.part == rule->part;
        struct mention mention = {.kind = rule->kind,
                                  .part = rule->part,
                                  .begin = distance + (follows ? before.begin : 0),
                                  .id = find_id(evidence, report, rule->kind, id),
                                  .rule = rule->rule,
                                  .confidence = rule->confidence};
        mention.end = mention.begin + length;
        if (!mention.id || mention.begin < distance || mention.end < length ||
            !report_add_mention(report, &mention, err))
            return false;
        before = mention;
        any = true;
    }
    return true;
}
