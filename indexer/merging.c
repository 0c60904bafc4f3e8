#include "indexer/merging.h"

#include "indexer/compaction.h"
#include "indexer/crew.h"
#include "indexer/frequent_merge.h"
#include "indexer/report_writer.h"

/* In a process of its own. */
static bool work_files(void *context, void *state, struct crew *crew, size_t task,
                       struct error *err)
{
    (void)state;
    (void)crew;
    (void)task;
    const struct merging *merging = context;
    struct report_writer *files = NULL;
    bool ok = report_writer_open(publication_directory(merging->publication), &files, err);
    for (size_t i = 0; ok && i < merging->count; i++)
        ok = report_writer_add_all(files, merging->segments[i], err);
    ok = ok && report_writer_finish(files, err);
    report_writer_close(files);
    return ok;
}

/* While the others are at work on the database and the files. Its tags the lists have from the
 * database. */
static bool merge_lists(const struct merging *merging, struct compaction **compaction,
                        struct error *err)
{
    struct frequent_merge *lists = NULL;
    if (!frequent_merge_begin(publication_directory(merging->publication), merging->segments,
                              merging->count, &lists, err))
        return false;
    bool ok = compaction_end(*compaction, err);
    *compaction = NULL;
    ok = ok && publication_verify_ahead(merging->publication, err) &&
         frequent_merge_finish(lists, err);
    frequent_merge_close(lists);
    return ok;
}

bool merging_run(struct merging *merging, struct error *err)
{
    const struct crew_job job = {.tasks = 1, .workers = 1, .context = merging, .work = work_files};
    struct compaction *compaction = NULL;
    struct crew *files = NULL;
    bool ok = compaction_begin(merging->folder, merging->count, merging->database, merging->workers,
                               &compaction, err) &&
              crew_begin(&job, &files, err) && merge_lists(merging, &compaction, err);
    if (ok)
        return crew_end(files, err);
    compaction_cancel(compaction);
    crew_cancel(files);
    return false;
}
