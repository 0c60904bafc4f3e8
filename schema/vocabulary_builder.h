/* vocabulary_builder.h: a vocabulary in the making. vocabulary.c opens the files,
 * vocabulary_reader.c reads their text forms with vocabulary_syntax.c, vocabulary_assembly.c
 * puts concepts and names together, vocabulary_checks.c knows what must hold between lines.
 * vocabulary_compiled.c keeps them in a file. For these files only.
 */
#ifndef SITREP_VOCABULARY_BUILDER_H
#define SITREP_VOCABULARY_BUILDER_H

#include "schema/gazetteer.h"
#include "schema/hash.h"
#include "schema/vocabulary.h"

#define NO_OWNER     UINT32_MAX /* of a name that is no concept's */
#define NAME_UNOWNED (NAME_NEGATIVE | NAME_EVERYDAY | NAME_FORENAME | NAME_SURNAME)

struct vocabulary {
    struct concept *concepts; /* actors, then regions, each by id */
    size_t count, actor_count;
    struct concept_name *names; /* those of a concept side by side */
    size_t name_count;
    const struct concept **parents;
    size_t parent_count;
    char **texts; /* the files, cut into strings in place */
    size_t text_count, text_bytes;
    struct gazetteer *gazetteer;
    void *image; /* the compiled file where it was mapped: it has the strings then */
    size_t image_size;
    char hash[HASH_ROOM];
};

/* Where a line is. */
struct line {
    uint16_t file;
    uint32_t number;
};

/* What is known of a concept only until all files are read. */
struct draft {
    struct line line;
    uint32_t first_name;
    bool is_more; /* adds to the concept of the same id */
};

/* One concept naming another by its id. */
enum reference_role { REFERENCE_PARENT, REFERENCE_HOME, REFERENCE_SUCCESSOR, REFERENCE_CAPITAL };

struct reference {
    uint32_t draft; /* who */
    enum reference_role role;
    const char *id; /* whom: the first 'size' bytes */
    size_t size;
    struct line line;
};

struct vocabulary_builder {
    char **paths; /* of the files, for messages */
    size_t path_count, path_room;
    struct concept *concepts;
    size_t count, concept_room;
    struct draft *drafts; /* one a concept */
    size_t draft_room;
    struct concept_name *names;
    size_t name_count, name_room;
    struct line *name_lines; /* one a name */
    size_t name_line_room;
    struct reference *references;
    size_t reference_count, reference_room;

    vocabulary_problem problem;
    void *context;
    size_t problems;
    bool stopped; /* the callback has had enough */
    bool failed;  /* out of memory */
};

/* Tells the callback of one problem. */
void vocabulary_complain(struct vocabulary_builder *builder, struct line line, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

/* The files by what they hold: a table is the compact form of places. */
enum file_form { FILE_ACTORS, FILE_REGIONS, FILE_TABLE, FILE_WORDS };

/* A table's text with each id in full, a new string for the caller to free; NULL out of memory. In
 * the first column ".ansongo" lies in the division or country of the line before, "ML-7" has its
 * slug from the name, and an empty one both. */
char *vocabulary_expand_table(const char *text, size_t *size);

/* Reads one file's text, cutting it into strings in place; text[size] must be writable. */
void vocabulary_read(struct vocabulary_builder *builder, uint16_t file, char *text, size_t size,
                     enum file_form form);

/* After all files: puts what was read together, with the checks on the way; consumes nothing.
 * False out of memory. */
bool vocabulary_assemble(struct vocabulary *vocabulary, struct vocabulary_builder *builder);
/* As vocabulary_find, by the first 'size' bytes of 'id'. */
const struct concept *vocabulary_find_sized(const struct vocabulary *vocabulary,
                                            enum mention_kind type, const char *id, size_t size);

/* The deepest family a vocabulary may have: world > continent > area > country > division >
 * district > place leaves room, and a longer chain is a cycle. */
#define VOCABULARY_DEPTH_MAX 16

/* The checks. 'vocabulary' has its concepts sorted; 'lines' are theirs, or the names'. */
void vocabulary_check_ids(struct vocabulary_builder *builder, const struct vocabulary *vocabulary,
                          const struct line *lines);
void vocabulary_check_cycles(struct vocabulary_builder *builder,
                             const struct vocabulary *vocabulary, const struct line *lines);
void vocabulary_check_names(struct vocabulary_builder *builder, const struct vocabulary *vocabulary,
                            const struct line *lines);

#endif
