#include "schema/vocabulary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "schema/vocabulary_builder.h"

/* The files that make a vocabulary, by their endings. */
static const struct {
    const char *ending;
    enum file_form form;
} file_forms[] = {
    {".actors", FILE_ACTORS},
    {".regions", FILE_REGIONS},
    {".places", FILE_TABLE},
    {".words", FILE_WORDS},
};

/* NULL where the file is none of the vocabulary's. */
static const enum file_form *form_of(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < ARRAY_LEN(file_forms); i++) {
        size_t ending = strlen(file_forms[i].ending);
        if (size > ending && name[0] != '.' &&
            strcmp(name + size - ending, file_forms[i].ending) == 0)
            return &file_forms[i].form;
    }
    return NULL;
}

void vocabulary_complain(struct vocabulary_builder *builder, struct line line, const char *format,
                         ...)
{
    char text[480], where[240];
    va_list args;
    if (builder->stopped)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(where, sizeof where, "%s:%u", builder->paths[line.file], (unsigned)line.number);
    struct error problem = {.code = ERROR_NONE};
    error_set(&problem, ERROR_DATA, where, "%s", text);
    builder->problems++;
    builder->stopped = !builder->problem(builder->context, &problem);
}

static void builder_clear(struct vocabulary_builder *builder)
{
    for (size_t i = 0; i < builder->path_count; i++)
        free(builder->paths[i]);
    free(builder->paths);
    free(builder->concepts);
    free(builder->drafts);
    free(builder->names);
    free(builder->name_lines);
    free(builder->references);
}

/* The whole file with a NUL behind it. */
static bool read_file(const char *path, char **text, size_t *size, struct error *err)
{
    struct stat status;
    char *bytes = NULL;
    size_t got = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    bool ok = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (!ok) {
        error_set(err, ERROR_NO_INPUT, path, "is not a regular file");
        goto done;
    }
    bytes = malloc((size_t)status.st_size + 1);
    ok = bytes != NULL;
    if (!ok)
        error_set(err, ERROR_MEMORY, path, "out of memory");
    while (ok && got < (size_t)status.st_size) {
        ssize_t part = read(file, bytes + got, (size_t)status.st_size - got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            ok = error_set_errno(err, ERROR_IO, path, "cannot read");
        if (part <= 0)
            break;
        got += (size_t)part;
    }
done:
    close(file);
    if (!ok) {
        free(bytes);
        return false;
    }
    bytes[got] = '\0';
    *text = bytes;
    *size = got;
    return true;
}

/* Adds a file of the directory to the vocabulary and the hash. */
static bool read_one(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                     struct hash *hash, const char *directory, const char *name, struct error *err)
{
    char *path, *text = NULL;
    size_t size = 0;
    if (builder->path_count >= UINT16_MAX)
        return error_set(err, ERROR_LIMIT, directory, "holds more than %d files", UINT16_MAX);
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    if (!array_reserve(&builder->paths, &builder->path_room, builder->path_count + 1,
                       sizeof *builder->paths)) {
        free(path);
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    }
    builder->paths[builder->path_count++] = path;
    if (!read_file(path, &text, &size, err))
        return false;
    char **texts = realloc(vocabulary->texts, (vocabulary->text_count + 1) * sizeof *texts);
    if (!texts) {
        free(text);
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    }
    hash_add(hash, name, strlen(name) + 1);
    hash_add(hash, text, size);
    vocabulary->texts = texts;
    texts[vocabulary->text_count++] = text;
    if (*form_of(name) == FILE_TABLE) {
        texts[vocabulary->text_count - 1] = vocabulary_expand_table(text, &size);
        free(text);
        text = texts[vocabulary->text_count - 1];
        if (!text)
            return error_set(err, ERROR_MEMORY, path, "out of memory");
    }
    vocabulary->text_bytes += size;
    vocabulary_read(builder, (uint16_t)(builder->path_count - 1), text, size, *form_of(name));
    return !builder->failed || error_set(err, ERROR_MEMORY, path, "out of memory");
}

static int is_ours(const struct dirent *entry)
{
    return form_of(entry->d_name) != NULL;
}

static bool read_files(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                       const char *directory, struct error *err)
{
    struct dirent **entries = NULL;
    struct hash hash;
    hash_start(&hash);
    int count = scandir(directory, &entries, is_ours, alphasort);
    bool ok = true;
    if (count < 0)
        ok = error_set_errno(err, ERROR_NO_INPUT, directory, "cannot read the vocabulary");
    else if (count == 0)
        ok = error_set(err, ERROR_NO_INPUT, directory,
                       "holds no vocabulary: no *.actors, *.regions or *.places file");
    for (int i = 0; ok && i < count && !builder->stopped; i++)
        ok = read_one(vocabulary, builder, &hash, directory, entries[i]->d_name, err);
    if (!hash_finish(&hash, vocabulary->hash) && ok)
        ok = error_set(err, ERROR_MEMORY, directory, "out of memory");
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return ok;
}

static bool build(const char *directory, vocabulary_problem problem, void *context,
                  struct vocabulary **out, size_t *problems, struct error *err)
{
    struct vocabulary_builder builder = {.problem = problem, .context = context};
    struct vocabulary *vocabulary = calloc(1, sizeof *vocabulary);
    bool ok = vocabulary ? read_files(vocabulary, &builder, directory, err)
                         : error_set(err, ERROR_MEMORY, directory, "out of memory");
    if (ok && !builder.stopped && !vocabulary_assemble(vocabulary, &builder))
        ok = error_set(err, ERROR_MEMORY, directory, "out of memory");
    *problems = builder.problems;
    builder_clear(&builder);
    if (!ok || builder.problems > 0) {
        vocabulary_close(vocabulary);
        vocabulary = NULL;
    }
    *out = vocabulary;
    return ok;
}

/* The first problem is the error. */
static bool keep_first(void *context, const struct error *problem)
{
    *(struct error *)context = *problem;
    return false;
}

bool vocabulary_open(const char *directory, struct vocabulary **out, struct error *err)
{
    struct error first = {.code = ERROR_NONE};
    struct vocabulary *vocabulary;
    size_t problems;
    if (!build(directory, keep_first, &first, &vocabulary, &problems, err))
        return false;
    if (!vocabulary)
        return error_set(err, first.code, first.where, "%s", first.text);
    *out = vocabulary;
    return true;
}

bool vocabulary_check(const char *directory, vocabulary_problem problem, void *context,
                      size_t *count, struct error *err)
{
    struct vocabulary *vocabulary;
    size_t problems;
    if (!build(directory, problem, context, &vocabulary, &problems, err))
        return false;
    vocabulary_close(vocabulary);
    *count = problems;
    return true;
}

void vocabulary_close(struct vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    for (size_t i = 0; i < vocabulary->text_count; i++)
        free(vocabulary->texts[i]);
    free(vocabulary->texts);
    free(vocabulary->concepts);
    free(vocabulary->names);
    free(vocabulary->parents);
    gazetteer_free(vocabulary->gazetteer);
    if (vocabulary->image)
        munmap(vocabulary->image, vocabulary->image_size);
    free(vocabulary);
}

size_t vocabulary_count(const struct vocabulary *vocabulary, enum mention_kind type)
{
    return type == MENTION_ACTOR ? vocabulary->actor_count
                                 : vocabulary->count - vocabulary->actor_count;
}

const struct concept *vocabulary_at(const struct vocabulary *vocabulary, enum mention_kind type,
                                    size_t number)
{
    if (number >= vocabulary_count(vocabulary, type))
        return NULL;
    return &vocabulary->concepts[number + (type == MENTION_ACTOR ? 0 : vocabulary->actor_count)];
}

const struct concept *vocabulary_find_sized(const struct vocabulary *vocabulary,
                                            enum mention_kind type, const char *id, size_t size)
{
    size_t low = type == MENTION_ACTOR ? 0 : vocabulary->actor_count;
    size_t high = type == MENTION_ACTOR ? vocabulary->actor_count : vocabulary->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct concept *concept = &vocabulary->concepts[middle];
        int order = strncmp(concept->id, id, size);
        if (order == 0 && concept->id[size] != '\0')
            order = 1;
        if (order == 0)
        return concept;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct concept *vocabulary_find(const struct vocabulary *vocabulary, enum mention_kind type,
                                      const char *id)
{
    return vocabulary_find_sized(vocabulary, type, id, strlen(id));
}

/* Which of several bearers of a name is meant when nothing else is said: the lowest. */
static unsigned rank_of(const struct concept *concept)
{
    static const char *const below[] = {"division", "place"};
    for (unsigned i = 0; concept->type == MENTION_REGION && i < ARRAY_LEN(below); i++)
        if (strcmp(concept->kind, below[i]) == 0)
            return i + 1;
    return 0;
}

const struct concept *vocabulary_find_name(const struct vocabulary *vocabulary,
                                           enum mention_kind type, const char *name)
{
    const uint32_t *values;
    uint32_t node = gazetteer_find(vocabulary->gazetteer, name, strlen(name));
    size_t count =
        node == GAZETTEER_NONE ? 0 : gazetteer_values(vocabulary->gazetteer, node, &values);
    const struct concept *best = NULL;
    unsigned best_rank = UINT32_MAX;
    bool several = false;
    for (size_t i = 0; i < count; i++) {
        const struct concept_name *candidate = &vocabulary->names[values[i]];
        const struct concept *concept = vocabulary_owner(vocabulary, candidate);
        if (!concept || concept->type != type || (candidate->flags & NAME_DEMONYM))
            continue;
        unsigned rank = rank_of(concept);
        if (rank < best_rank) {
            best = concept;
            best_rank = rank;
            several = false;
        } else if (rank == best_rank && concept != best) {
            several = true;
        }
    }
    return several ? NULL : best;
}

/* Breadth first, so that nearer ancestors come before farther ones. */
size_t vocabulary_ancestors(const struct concept *concept, const struct concept **out, size_t room)
{
    enum { ANCESTORS_MAX = 64 };
    const struct concept *found[ANCESTORS_MAX];
    size_t count = 0;
    for (size_t at = 0; at <= count; at++) {
        const struct concept *child = at == 0 ? concept : found[at - 1];
        for (size_t i = 0; i < child->parent_count && count < ANCESTORS_MAX; i++) {
            size_t j = 0;
            while (j < count && found[j] != child->parents[i])
                j++;
            if (j == count)
                found[count++] = child->parents[i];
        }
    }
    for (size_t i = 0; i < count && i < room; i++)
        out[i] = found[i];
    return count;
}

const struct gazetteer *vocabulary_gazetteer(const struct vocabulary *vocabulary)
{
    return vocabulary->gazetteer;
}

const struct concept_name *vocabulary_name(const struct vocabulary *vocabulary, uint32_t value)
{
    return &vocabulary->names[value];
}

const struct concept *vocabulary_owner(const struct vocabulary *vocabulary,
                                       const struct concept_name *name)
{
    return name->owner == NO_OWNER ? NULL : &vocabulary->concepts[name->owner];
}

size_t vocabulary_memory(const struct vocabulary *vocabulary)
{
    size_t arrays = vocabulary->count * sizeof *vocabulary->concepts +
                    vocabulary->name_count * sizeof *vocabulary->names +
                    vocabulary->parent_count * sizeof *vocabulary->parents;
    return arrays + (vocabulary->image
                         ? vocabulary->image_size
                         : vocabulary->text_bytes + gazetteer_memory(vocabulary->gazetteer));
}

const char *vocabulary_hash(const struct vocabulary *vocabulary)
{
    return vocabulary->hash;
}
