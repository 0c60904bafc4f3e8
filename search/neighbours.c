#include "search/neighbours.h"

#include "search/hits.h"
#include "search/plan.h"
#include "search/reading.h"

static bool add_actors(const struct report *report, struct question *question, struct error *err)
{
    for (size_t i = 0; i < report->actor_count && i < NEIGHBOURS_TAGS; i++)
        if (!question_add_filter(question, FIELD_ACTOR, false, report->actors[i], err))
            return false;
    return true;
}

/* Only regions with evidence: with what these lie in, a village shares its continent. */
static bool add_regions(const struct report *report, struct question *question, struct error *err)
{
    for (size_t i = 0; i < report->mention_count && question->filter_count < NEIGHBOURS_TAGS; i++)
        if (report->mentions[i].kind == MENTION_REGION &&
            !question_add_filter(question, FIELD_REGION, false, report->mentions[i].id, err))
            return false;
    return true;
}

static bool make_question(const struct report *report, struct question *question, struct error *err)
{
    day_t from = report->day - NEIGHBOURS_DAYS, to = report->day + NEIGHBOURS_DAYS;
    question->from = from < DAY_MIN ? DAY_MIN : from;
    question->to = to > DAY_MAX ? DAY_MAX : to;
    question->sort = SORT_NEWEST;
    question->sort_given = true;
    return report->actor_count ? add_actors(report, question, err)
                               : add_regions(report, question, err);
}

static bool ask(const struct snapshot *snapshot, struct neighbours *out, struct error *err)
{
    struct reading reading = {0};
    struct plan plan = {0};
    out->question.size = NEIGHBOURS_SIZE;
    bool ok =
        reading_make(snapshot, &out->question, &reading, err) &&
        plan_make(snapshot, reading.query, &out->question, &plan, err) &&
        hits_make(snapshot, &plan, reading.query, &out->question, &out->hits, &out->count, err);
    out->question.size = QUESTION_SIZE;
    out->total = plan.total;
    plan_clear(&plan);
    reading_clear(&reading);
    return ok;
}

bool neighbours_find(const struct snapshot *snapshot, const struct report *report,
                     struct neighbours *out, struct error *err)
{
    *out = (struct neighbours){0};
    if (report->day == DAY_NONE)
        return true;
    if (!question_init(&out->question, err))
        return false;
    bool ok = make_question(report, &out->question, err);
    if (ok && out->question.filter_count)
        ok = question_add_filter(&out->question, FIELD_ID, true, report->id, err) &&
             ask(snapshot, out, err);
    if (!ok)
        neighbours_clear(out);
    return ok;
}

void neighbours_clear(struct neighbours *neighbours)
{
    question_clear(&neighbours->question);
    hits_free(neighbours->hits, neighbours->count);
    *neighbours = (struct neighbours){0};
}
