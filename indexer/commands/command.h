/* command.h: the commands of sitrep-index, one function each. Of the indexer only these files
 * and main.c print.
 */
#ifndef SITREP_COMMAND_H
#define SITREP_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/extraction.h"
#include "schema/error.h"
#include "schema/report.h"

/* How the run goes is shown to a person, to a program, or not at all. */
enum progress_form { PROGRESS_NONE, PROGRESS_LINE, PROGRESS_JSON };

struct options {
    const char *index, *vocabulary;
    unsigned workers, keep;
    uint64_t memory; /* bytes; 0: the default */
    bool fresh, rehearse, force;
    const char *questions; /* a file of them */
    enum progress_form progress;
    bool json;
    bool no_carry;
    const char *feed; /* a directory, or NULL */
    const char *key;
    unsigned keep_done; /* days */
    bool drain;
    const char *since;     /* a commit, or NULL */
    const char *output;    /* a file to write */
    const char *countries; /* "ML,BF" */
    unsigned population;
    struct extraction_options extraction;
    const char *const *arguments; /* what is left after the options */
    size_t argument_count;
};

typedef bool command_function(const struct options *options, struct error *err);

command_function command_build;
command_function command_status, command_list, command_check, command_dump;
command_function command_export;
command_function command_rollback, command_prune, command_publish;
command_function command_submit, command_follow;
command_function command_add, command_replace, command_remove, command_changes;
command_function command_explain, command_score;
command_function command_vocabulary_check, command_vocabulary_diff, command_vocabulary_suggest;
command_function command_vocabulary_import;

/* Reads and tags all reports of the files and folders that the arguments name, and passes each
 * on. The first that cannot be read is the error. */
typedef bool command_visit(void *context, const struct report *report, struct error *err);
bool command_each_report(const struct options *options, struct extraction *extraction,
                         command_visit *visit, void *context, struct error *err);

/* One line of JSON on standard output, at once. */
void command_show_json(json_t *object_take);

/* The feed that the options name; the caller frees. */
char *command_feed_path(const struct options *options, struct error *err);
/* Lines about the feed, if there is one. */
bool command_show_feed(const struct options *options, struct error *err);

#endif
