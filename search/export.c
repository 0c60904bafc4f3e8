#include "search/export.h"

#include "search/answer.h"
#include "search/plan.h"
#include "search/snapshot_private.h"

static bool export_matches(const struct snapshot *snapshot, const struct docset *matches,
                           export_take *take, void *context, struct error *err)
{
    bool ok = true;
    for (uint32_t docid = docset_next(matches, 1); ok && docid;
         docid = docset_next(matches, docid + 1)) {
        struct report report = {0};
        ok = snapshot_read(snapshot, docid, &report, err) && take(context, &report, err);
        report_clear(&report);
    }
    return ok;
}

bool export_run(const struct snapshot *snapshot, const struct question *question, export_take *take,
                void *context, struct error *err)
{
    struct answer *answer = NULL; /* the question as it is carried out */
    struct plan plan = {0};
    bool ok = answer_make(snapshot, question, &answer, err) &&
              plan_make(snapshot, answer->query, &answer->question, &plan, err) &&
              export_matches(snapshot, plan.matches, take, context, err);
    plan_clear(&plan);
    answer_free(answer);
    return ok;
}
