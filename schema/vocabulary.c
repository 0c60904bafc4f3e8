#include "schema/vocabulary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
                     EVP_MD_CTX *digest, const char *directory, const char *name, struct error *err)
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
    vocabulary->texts = texts;
    texts[vocabulary->text_count++] = text;
    vocabulary->text_bytes += size;
    if (!EVP_DigestUpdate(digest, name, strlen(name) + 1) || !EVP_DigestUpdate(digest, text, size))
        return error_set(err, ERROR_INTERNAL, path, "SHA-256 failed");
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
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    unsigned char hash[EVP_MAX_MD_SIZE];
    int count = scandir(directory, &entries, is_ours, alphasort);
    bool ok = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    if (!ok)
        error_set(err, ERROR_INTERNAL, directory, "SHA-256 is not to be had");
    else if (count < 0)
        ok = error_set_errno(err, ERROR_NO_INPUT, directory, "cannot read the vocabulary");
    else if (count == 0)
        ok = error_set(err, ERROR_NO_INPUT, directory,
                       "holds no vocabulary: no *.actors, *.regions or *.places file");
    for (int i = 0; ok && i < count && !builder->stopped; i++)
        ok = read_one(vocabulary, builder, digest, directory, entries[i]->d_name, err);
    if (ok && !EVP_DigestFinal_ex(digest, hash, NULL))
        ok = error_set(err, ERROR_INTERNAL, directory, "SHA-256 failed");
    for (size_t i = 0; ok && i < 32; i++)
        snprintf(vocabulary->hash + 2 * i, 3, "%02x", hash[i]);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    EVP_MD_CTX_free(digest);
    return ok;
}

static int compare_ids(const struct concept *a, const struct concept *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* By id, what adds to a concept behind it, else as read. */
static int compare_drafts(const void *left, const void *right, void *builder)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const struct concept *concepts = ((const struct vocabulary_builder *)builder)->concepts;
    const struct draft *drafts = ((const struct vocabulary_builder *)builder)->drafts;
    int order = compare_ids(&concepts[a], &concepts[b]);
    if (order == 0)
        order = drafts[a].is_more - drafts[b].is_more;
    return order ? order : (a < b ? -1 : a > b);
}

/* Keeps a name behind those already kept. */
static void keep_name(struct vocabulary *vocabulary, const struct vocabulary_builder *builder,
                      struct line *lines, size_t from, uint32_t owner)
{
    struct concept_name *name = &vocabulary->names[vocabulary->name_count];
    *name = builder->names[from];
    name->owner = owner;
    lines[vocabulary->name_count++] = builder->name_lines[from];
}

/* Where a "more" stanza repeats a name, its dates and options stand in place of the first
 * ones. */
static bool replace_name(struct vocabulary *vocabulary, const struct vocabulary_builder *builder,
                         struct line *lines, size_t from, struct concept *concept)
{
    const struct concept_name *name = &builder->names[from];
    size_t first = (size_t)(concept->names - vocabulary->names);
    for (size_t i = first; i < first + concept->name_count; i++) {
        struct concept_name *kept = &vocabulary->names[i];
        if (strcmp(kept->text, name->text) != 0 ||
            (kept->flags & NAME_DEMONYM) != (name->flags & NAME_DEMONYM))
            continue;
        kept->from = name->from;
        kept->to = name->to;
        kept->flags = name->flags;
        lines[i] = builder->name_lines[from];
        return true;
    }
    return false;
}

/* Adds what a "more" stanza says to its concept. */
static void merge(struct concept *concept, const struct concept *more)
{
    concept->label = more->label ? more->label : concept->label;
    concept->kind = more->kind ? more->kind : concept->kind;
    if (!isnan(more->latitude)) {
        concept->latitude = more->latitude;
        concept->longitude = more->longitude;
    }
    concept->population = more->population ? more->population : concept->population;
}

/* The box around a region's places. */
struct box {
    double south, north, west, east;
};

/* A country or division without a position gets the middle of the places in it. */
static bool place_regions(struct vocabulary *vocabulary)
{
    struct box *boxes = calloc(vocabulary->count + 1, sizeof *boxes);
    if (!boxes)
        return false;
    struct concept *concepts = vocabulary->concepts;
    for (size_t i = 0; i < vocabulary->count; i++)
        boxes[i] = (struct box){90, -90, 180, -180};
    for (size_t i = vocabulary->actor_count; i < vocabulary->count; i++) {
        const struct concept *parent = concepts[i].parent_count ? concepts[i].parents[0] : NULL;
        bool has_own = !isnan(concepts[i].latitude) && strcmp(concepts[i].kind, "place") == 0;
        for (; has_own && parent; parent = parent->parent_count ? parent->parents[0] : NULL) {
            struct box *box = &boxes[parent - concepts];
            box->south = fmin(box->south, concepts[i].latitude);
            box->north = fmax(box->north, concepts[i].latitude);
            box->west = fmin(box->west, concepts[i].longitude);
            box->east = fmax(box->east, concepts[i].longitude);
            if (strcmp(parent->kind, "division") != 0)
                break;
        }
    }
    for (size_t i = vocabulary->actor_count; i < vocabulary->count; i++) {
        if (!isnan(concepts[i].latitude) || boxes[i].south > boxes[i].north ||
            strcmp(concepts[i].kind, "area") == 0)
            continue;
        concepts[i].latitude = (boxes[i].south + boxes[i].north) / 2;
        concepts[i].longitude = (boxes[i].west + boxes[i].east) / 2;
    }
    free(boxes);
    return true;
}

/* What put_together works with: by final number, or by draft. */
struct sorting {
    uint32_t *order;         /* the drafts, sorted */
    uint32_t *numbers;       /* by draft: the concept it went into */
    struct line *lines;      /* by concept */
    struct line *name_lines; /* by name, as kept */
};

/* A draft becomes the next concept, or adds to the last. */
static void keep_draft(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                       struct sorting *sorting, uint32_t at)
{
    const struct draft *draft = &builder->drafts[at];
    const struct concept *concept = &builder->concepts[at];
    struct concept *last = vocabulary->count ? &vocabulary->concepts[vocabulary->count - 1] : NULL;
    bool adds = draft->is_more && last && compare_ids(last, concept) == 0;
    if (draft->is_more && !adds)
        vocabulary_complain(builder, draft->line,
                            "there is no %s to say more of: begin it with %s:", concept->id,
                            concept->type == MENTION_ACTOR ? "actor" : "region");
    if (adds) {
        merge(last, concept);
    } else {
        last = &vocabulary->concepts[vocabulary->count];
        *last = *concept;
        last->names = vocabulary->names + vocabulary->name_count;
        last->name_count = 0;
        sorting->lines[vocabulary->count++] = draft->line;
        vocabulary->actor_count += concept->type == MENTION_ACTOR;
    }
    uint32_t number = (uint32_t)vocabulary->count - 1;
    sorting->numbers[at] = number;
    for (size_t i = 0; i < concept->name_count; i++) {
        size_t from = draft->first_name + i;
        if (adds && replace_name(vocabulary, builder, sorting->name_lines, from, last))
            continue;
        keep_name(vocabulary, builder, sorting->name_lines, from, number);
        last->name_count++;
    }
}

/* Sorts the drafts into concepts, each with its names side by side. */
static void sort_concepts(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                          struct sorting *sorting)
{
    size_t count = builder->count;
    bool sorted = true;
    for (uint32_t i = 0; i < count; i++) {
        sorting->order[i] = i;
        sorted = sorted && (i == 0 || compare_drafts(&sorting->order[i - 1], &sorting->order[i],
                                                     builder) < 0);
    }
    if (!sorted)
        qsort_r(sorting->order, count, sizeof *sorting->order, compare_drafts, builder);
    for (size_t i = 0; i < count; i++)
        keep_draft(vocabulary, builder, sorting, sorting->order[i]);
    /* Those that no concept owns. */
    for (size_t i = 0; i < builder->name_count; i++)
        if (builder->names[i].flags & NAME_UNOWNED)
            keep_name(vocabulary, builder, sorting->name_lines, i, NO_OWNER);
}

static const struct concept *find(const struct vocabulary *vocabulary, enum mention_kind type,
                                  const char *id, size_t size)
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

/* What each role of a reference must name. */
static const struct {
    const char *word;
    bool to_region; /* else to the concept's own type */
} roles[] = {
    [REFERENCE_PARENT] = {"parent", false},
    [REFERENCE_HOME] = {"home", true},
    [REFERENCE_SUCCESSOR] = {"successor", false},
    [REFERENCE_CAPITAL] = {"capital", true},
};

static const struct concept *resolve(struct vocabulary *vocabulary,
                                     struct vocabulary_builder *builder,
                                     const struct reference *reference,
                                     const struct concept *concept)
{
    enum mention_kind type = roles[reference->role].to_region ? MENTION_REGION : concept->type;
    const struct concept *found = find(vocabulary, type, reference->id, reference->size);
    if (!found)
        vocabulary_complain(builder, reference->line,
                            "the %s \"%.*s\" of %s is not in the vocabulary: add it or mend the "
                            "id",
                            roles[reference->role].word, (int)reference->size, reference->id,
                            concept->id);
    return found;
}

static bool same_target(const struct reference *a, const struct reference *b)
{
    return a->role == b->role && a->size == b->size && memcmp(a->id, b->id, a->size) == 0;
}

/* Finds whom the references name. Parents are counted, given room, then filled in. */
static bool resolve_all(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                        const struct sorting *sorting)
{
    const struct concept **found = calloc(builder->reference_count + 1, sizeof(void *));
    vocabulary->parents = malloc((builder->reference_count + 1) * sizeof(void *));
    bool ok = found && vocabulary->parents;
    for (size_t i = 0; ok && i < builder->reference_count; i++) {
        const struct reference *reference = &builder->references[i];
        /* Left over from a stanza whose head could not be read. */
        if (reference->draft >= builder->count)
            continue;
        struct concept *concept = &vocabulary->concepts[sorting->numbers[reference->draft]];
        /* Places of one division stand together. */
        if (i > 0 && found[i - 1] && reference->role == REFERENCE_PARENT &&
            found[i - 1]->type == concept->type && same_target(reference - 1, reference))
            found[i] = found[i - 1];
        else
            found[i] = resolve(vocabulary, builder, reference, concept);
        if (found[i] && reference->role == REFERENCE_HOME)
        concept->home = found[i]->id;
        concept->parent_count += found[i] && reference->role == REFERENCE_PARENT;
    }
    for (size_t i = 0; ok && i < vocabulary->count; i++) {
        struct concept *concept = &vocabulary->concepts[i];
        concept->parents = vocabulary->parents + vocabulary->parent_count;
        vocabulary->parent_count += concept->parent_count;
        concept->parent_count = 0;
    }
    for (size_t i = 0; ok && i < builder->reference_count; i++) {
        const struct reference *reference = &builder->references[i];
        if (!found[i] || reference->role != REFERENCE_PARENT)
            continue;
        struct concept *concept = &vocabulary->concepts[sorting->numbers[reference->draft]];
        size_t at = (size_t)(concept->parents - vocabulary->parents) + concept->parent_count++;
        vocabulary->parents[at] = found[i];
    }
    free(found);
    return ok;
}

static bool add_names(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                      const struct line *lines)
{
    struct gazetteer_builder *gazetteer = gazetteer_builder_new();
    bool ok = gazetteer != NULL;
    for (uint32_t i = 0; ok && i < vocabulary->name_count; i++) {
        const char *text = vocabulary->names[i].text;
        size_t words = 0;
        ok = gazetteer_builder_add(gazetteer, text, strlen(text), i, &words);
        if (ok && words == 0)
            vocabulary_complain(builder, lines[i],
                                "the name \"%s\" holds no word: write letters or digits", text);
        else if (ok && words == GAZETTEER_NAME_WORDS)
            vocabulary_complain(builder, lines[i],
                                "the name \"%.80s\" has %u words or more: shorten it", text,
                                GAZETTEER_NAME_WORDS);
    }
    if (!ok) {
        gazetteer_builder_free(gazetteer);
        return false;
    }
    vocabulary->gazetteer = gazetteer_build_take(gazetteer);
    return vocabulary->gazetteer != NULL;
}

/* From what was read to what is kept, with the checks on the way. False out of memory. */
static bool put_together(struct vocabulary *vocabulary, struct vocabulary_builder *builder)
{
    size_t room = builder->count + 1, name_room = builder->name_count + 1;
    struct sorting sorting = {
        .order = malloc(room * sizeof *sorting.order),
        .numbers = malloc(room * sizeof *sorting.numbers),
        .lines = malloc(room * sizeof *sorting.lines),
        .name_lines = malloc(name_room * sizeof *sorting.name_lines),
    };
    vocabulary->concepts = malloc(room * sizeof *vocabulary->concepts);
    vocabulary->names = malloc(name_room * sizeof *vocabulary->names);
    bool ok = sorting.order && sorting.numbers && sorting.lines && sorting.name_lines &&
              vocabulary->concepts && vocabulary->names;
    if (ok) {
        sort_concepts(vocabulary, builder, &sorting);
        vocabulary_check_ids(builder, vocabulary, sorting.lines);
        ok = resolve_all(vocabulary, builder, &sorting);
    }
    if (ok) {
        vocabulary_check_cycles(builder, vocabulary, sorting.lines);
        if (builder->problems == 0)
            ok = place_regions(vocabulary);
        ok = ok && add_names(vocabulary, builder, sorting.name_lines);
    }
    if (ok)
        vocabulary_check_names(builder, vocabulary, sorting.name_lines);
    free(sorting.order);
    free(sorting.numbers);
    free(sorting.lines);
    free(sorting.name_lines);
    return ok;
}

static bool build(const char *directory, vocabulary_problem problem, void *context,
                  struct vocabulary **out, size_t *problems, struct error *err)
{
    struct vocabulary_builder builder = {.problem = problem, .context = context};
    struct vocabulary *vocabulary = calloc(1, sizeof *vocabulary);
    bool ok = vocabulary ? read_files(vocabulary, &builder, directory, err)
                         : error_set(err, ERROR_MEMORY, directory, "out of memory");
    if (ok && !builder.stopped && !put_together(vocabulary, &builder))
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

const struct concept *vocabulary_find(const struct vocabulary *vocabulary, enum mention_kind type,
                                      const char *id)
{
    return find(vocabulary, type, id, strlen(id));
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
    return vocabulary->text_bytes + vocabulary->count * sizeof *vocabulary->concepts +
           vocabulary->name_count * sizeof *vocabulary->names +
           vocabulary->parent_count * sizeof *vocabulary->parents +
           gazetteer_memory(vocabulary->gazetteer);
}

const char *vocabulary_hash(const struct vocabulary *vocabulary)
{
    return vocabulary->hash;
}
