#include "indexer/extraction.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/dates.h"
#include "indexer/definition.h"
#include "indexer/focus.h"
#include "indexer/lexicon.h"
#include "indexer/placing.h"
#include "indexer/role.h"
#include "indexer/scan.h"
#include "schema/buffer.h"

struct extraction {
    struct scan_rules rules;
    struct lexicon *lexicon;
    uint8_t *word_kinds;
    struct recent_word *recent;
    struct placing *placing;
    struct scan scans[2]; /* by part */
    struct placed *placed[2];
    size_t placed_room[2];
    const struct concept *country; /* that the report at hand is about; NULL for none */
    struct extraction_stats stats;
};

bool extraction_open(const struct vocabulary *vocabulary, const struct extraction_options *options,
                     struct extraction **out, struct error *err)
{
    struct extraction *extraction = calloc(1, sizeof *extraction);
    if (extraction) {
        extraction->lexicon = lexicon_new();
        extraction->word_kinds = scan_word_kinds(vocabulary);
        extraction->recent = calloc(RECENT_WORDS, sizeof *extraction->recent);
        extraction->rules = (struct scan_rules){
            .vocabulary = vocabulary,
            .gazetteer = vocabulary_gazetteer(vocabulary),
            .lexicon = extraction->lexicon,
            .word_kinds = extraction->word_kinds,
            .recent = extraction->recent,
            .no_demonyms = options && options->no_demonyms,
        };
        extraction->placing = placing_new(&extraction->rules);
    }
    if (!extraction || !extraction->lexicon || !extraction->word_kinds || !extraction->recent ||
        !extraction->placing) {
        extraction_close(extraction);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory for extraction");
    }
    *out = extraction;
    return true;
}

void extraction_close(struct extraction *extraction)
{
    if (!extraction)
        return;
    for (int part = 0; part < 2; part++) {
        scan_clear(&extraction->scans[part]);
        free(extraction->placed[part]);
    }
    lexicon_free(extraction->lexicon);
    free(extraction->word_kinds);
    free(extraction->recent);
    placing_free(extraction->placing);
    free(extraction);
}

const struct extraction_stats *extraction_stats(const struct extraction *extraction)
{
    return &extraction->stats;
}

/* Tags a region and all that it lies in. */
static bool tag_region(struct report *report, const struct concept *region, struct error *err)
{
    enum { ANCESTORS = 64 };
    const struct concept *ancestors[ANCESTORS];
    size_t count = vocabulary_ancestors(region, ancestors, ANCESTORS);
    bool ok = report_add_tag(report, MENTION_REGION, region->id, err);
    for (size_t i = 0; ok && i < count && i < ANCESTORS; i++)
        ok = report_add_tag(report, MENTION_REGION, ancestors[i]->id, err);
    return ok;
}

static bool tag(struct report *report, const struct concept *concept, struct error *err)
{
    return concept->type == MENTION_REGION
               ? tag_region(report, concept, err)
               : report_add_tag(report, MENTION_ACTOR, concept->id, err);
}

/* Tags that came with the report. */
static bool take_given(struct extraction *extraction, struct report *report, enum mention_kind kind,
                       struct error *err)
{
    const struct vocabulary *vocabulary = extraction->rules.vocabulary;
    for (size_t i = 0; i < report->given_count; i++) {
        const struct given *given = &report->given[i];
        if (given->kind != kind)
            continue;
        const struct concept *concept = vocabulary_find(vocabulary, given->kind, given->text);
        if (!concept)
        concept = vocabulary_find_name(vocabulary, given->kind, given->text);
        extraction->stats.given++;
        if (!concept) {
            extraction->stats.given_unknown++;
            continue;
        }
        struct mention mention = {.kind = given->kind,
                                  .part = PART_BODY,
                                  .id = concept->id,
                                  .rule = "given",
                                  .confidence = 100};
        if (!report_add_mention(report, &mention, err) || !tag(report, concept, err))
            return false;
    }
    return true;
}

static bool keep(struct extraction *extraction, struct report *report, enum report_part part,
                 const struct span *span, const struct concept *concept, const char *rule,
                 uint8_t confidence, struct error *err)
{
    const struct scan *scan = &extraction->scans[part];
    const struct word *last = &scan->words[span->last - 1];
    struct mention mention = {
        .kind = concept->type,
        .part = part,
        .begin = scan->words[span->first].begin,
        .end = last->end + (span->dot && scan->text[last->end] == '.'),
        .id = concept->id,
        .rule = rule,
        .confidence = confidence,
    };
    extraction->stats.mentions++;
    return report_add_mention(report, &mention, err) &&
           (confidence < FOCUS_TAG_CONFIDENCE || tag(report, concept, err));
}

/* Whether the report names an actor elsewhere by a name that is its alone. */
static bool is_named_plainly(const struct extraction *extraction, const struct concept *actor)
{
    for (int part = 0; part < 2; part++) {
        const struct scan *scan = &extraction->scans[part];
        for (size_t i = 0; i < scan->span_count; i++) {
            const struct span *span = &scan->spans[i];
            const struct meaning *meaning = &scan->meanings[span->meanings];
            if (span->meaning_count == 1 && meaning->concept == actor &&
                !(meaning->name->flags & NAME_AMBIGUOUS))
                return true;
        }
    }
    return false;
}

/* What a report says for one of several actors of a name, or for one whose name has other
 * meanings: that it is named plainly, or how much is said of its home. */
static float support(const struct extraction *extraction, const struct concept *actor)
{
    if (is_named_plainly(extraction, actor))
        return 100;
    return placing_support(extraction->placing, actor->home);
}

#define SUPPORT_ENOUGH 0.5F

/* The actor that a span means, NULL where it means none or that stays open. */
static const struct meaning *settle(const struct extraction *extraction, const struct scan *scan,
                                    const struct span *span, bool *by_context)
{
    const struct meaning *best = NULL;
    float most = 0;
    size_t actors = 0;
    for (size_t i = 0; i < span->meaning_count; i++)
    actors += scan->meanings[span->meanings + i].concept->type == MENTION_ACTOR;
    *by_context = false;
    for (size_t i = 0; i < span->meaning_count; i++) {
        const struct meaning *meaning = &scan->meanings[span->meanings + i];
        if (meaning->concept->type != MENTION_ACTOR)
            continue;
        if (actors == 1 && !(meaning->name->flags & NAME_AMBIGUOUS))
            return meaning;
        float value = support(extraction, meaning->concept);
        if (value >= SUPPORT_ENOUGH && value > most) {
            most = value;
            best = meaning;
            *by_context = true;
        }
    }
    return best;
}

/* Keeps the roles that stand before a word, those of them not kept yet. */
static bool keep_roles(struct extraction *extraction, struct report *report, enum report_part part,
                       struct role roles[ROLE_COUNT], uint32_t before, struct error *err)
{
    for (;;) {
        struct role *first = NULL;
        for (int i = 0; i < ROLE_COUNT; i++)
            if (roles[i].actor && roles[i].word < before && (!first || roles[i].word < first->word))
                first = &roles[i];
        if (!first)
            return true;
        struct span span = {.first = first->word, .last = first->word + 1};
        if (!keep(extraction, report, part, &span, first->actor, "role", 60, err))
            return false;
        first->actor = NULL;
    }
}

static bool keep_actors(struct extraction *extraction, struct report *report, enum report_part part,
                        struct error *err)
{
    const struct scan *scan = &extraction->scans[part];
    const struct concept *country = extraction->country;
    struct role roles[ROLE_COUNT] = {{.actor = NULL}};
    if (country)
        roles_find(scan, extraction->rules.vocabulary, country, roles);
    for (size_t i = 0; i < scan->span_count; i++) {
        const struct span *span = &scan->spans[i];
        bool by_context;
        const struct meaning *meaning =
            span->inside ? NULL : settle(extraction, scan, span, &by_context);
        if (!meaning)
            continue;
        const char *rule = span->defined                         ? "defined"
                           : by_context                          ? "context"
                           : span->split                         ? "split"
                           : meaning->name->flags & NAME_ACRONYM ? "acronym"
                                                                 : "name";
        if (!keep_roles(extraction, report, part, roles, span->first, err) ||
            !keep(extraction, report, part, span, meaning->concept, rule, by_context ? 70 : 90,
                  err))
            return false;
    }
    return keep_roles(extraction, report, part, roles, (uint32_t)scan->word_count, err);
}

static bool keep_regions(struct extraction *extraction, struct report *report,
                         enum report_part part, struct error *err)
{
    const struct scan *scan = &extraction->scans[part];
    for (size_t i = 0; i < scan->span_count; i++) {
        const struct placed *placed = &extraction->placed[part][i];
        if (placed->region && !keep(extraction, report, part, &scan->spans[i], placed->region,
                                    placed->rule, placed->confidence, err))
            return false;
    }
    return true;
}

bool extraction_run(struct extraction *extraction, struct report *report, struct error *err)
{
    const char *texts[2] = {report->title_derived ? NULL : report->title, report->body};
    size_t sizes[2] = {texts[PART_TITLE] ? strlen(texts[PART_TITLE]) : 0,
                       texts[PART_BODY] ? report->body_size : 0};
    report_clear_tags(report);
    extraction->stats.reports++;
    for (int part = 0; part < 2; part++) {
        struct scan *scan = &extraction->scans[part];
        extraction->stats.bytes += sizes[part];
        scan_run(scan, &extraction->rules, texts[part] ? texts[part] : "", sizes[part],
                 report->day);
        if (scan->failed || !definitions_apply(scan, &extraction->rules) ||
            !array_reserve(&extraction->placed[part], &extraction->placed_room[part],
                           scan->span_count, sizeof *extraction->placed[part]))
            return error_set(err, ERROR_MEMORY, NULL, "out of memory for extraction");
    }
    bool ok = placing_run(extraction->placing, extraction->scans, extraction->placed);
    ok = ok || error_set(err, ERROR_MEMORY, NULL, "out of memory for extraction");
    if (ok)
        extraction->country = focus_apply(extraction->scans, extraction->placed);
    if (ok && !extraction->country)
        extraction->country = placing_main_country(extraction->placing);
    ok = ok && take_given(extraction, report, MENTION_ACTOR, err);
    for (int part = 0; ok && part < 2; part++)
        ok = keep_actors(extraction, report, (enum report_part)part, err);
    ok = ok && take_given(extraction, report, MENTION_REGION, err);
    for (int part = 0; ok && part < 2; part++)
        ok = keep_regions(extraction, report, (enum report_part)part, err);
    for (int part = 0; ok && part < 2; part++) {
        const struct scan *scan = &extraction->scans[part];
        ok = dates_tag(report, (enum report_part)part, scan->text, sizes[part], scan->words,
                       scan->word_count, err);
    }
    return ok;
}
