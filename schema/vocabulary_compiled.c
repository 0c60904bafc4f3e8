#include "schema/vocabulary_compiled.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/vocabulary_builder.h"

#define MAGIC     "sitrepvo"
#define VERSION   2u
#define BYTE_MARK 0x01020304u
#define NONE      UINT32_MAX

/* A concept and a name as they lie in the file. Their names, parents and owners are told by
 * counts, for they lie in the same order. */
struct stored_concept {
    double latitude, longitude;
    uint32_t id, label, kind; /* offsets of strings */
    uint32_t home;            /* number of a concept, NONE */
    uint32_t parent_count, name_count;
    uint32_t population;
    uint32_t zero;
};

struct stored_name {
    uint32_t text; /* offset of a string */
    day_t from, to;
    uint32_t flags;
};

/* What follows the header, each part aligned to 8 bytes: the gazetteer's arrays come first. */
enum part {
    PART_STRINGS = GAZETTEER_PARTS,
    PART_CONCEPTS,
    PART_NAMES,
    PART_PARENTS, /* numbers of concepts */
    PART_COUNT
};

struct extent {
    uint64_t offset, count;
};

struct header {
    char magic[8];
    uint32_t version, byte_order;
    uint64_t size; /* of the file */
    char hash[HASH_ROOM - 1];
    uint64_t actor_count;
    struct extent parts[PART_COUNT];
};

static size_t item_size(unsigned part)
{
    static const size_t sizes[PART_COUNT] = {
        [PART_STRINGS] = 1,
        [PART_CONCEPTS] = sizeof(struct stored_concept),
        [PART_NAMES] = sizeof(struct stored_name),
        [PART_PARENTS] = sizeof(uint32_t),
    };
    return part < GAZETTEER_PARTS ? gazetteer_item_size((enum gazetteer_part)part) : sizes[part];
}

/* ---- writing ---------------------------------------------------------------- */

struct writing {
    const struct vocabulary *vocabulary;
    struct buffer strings; /* each with its NUL */
    struct stored_concept *concepts;
    struct stored_name *names;
    uint32_t *parents;
};

static uint32_t put(struct writing *writing, const char *text)
{
    uint32_t offset = (uint32_t)writing->strings.size;
    buffer_append(&writing->strings, text, strlen(text) + 1);
    return offset;
}

static void store_names(struct writing *writing)
{
    const struct vocabulary *vocabulary = writing->vocabulary;
    for (size_t i = 0; i < vocabulary->name_count; i++) {
        const struct concept_name *name = &vocabulary->names[i];
        writing->names[i] =
            (struct stored_name){put(writing, name->text), name->from, name->to, name->flags};
    }
}

/* A label that is the first name, and a kind that is also the last concept's, are not stored
 * again. */
static void store_concepts(struct writing *writing)
{
    const struct vocabulary *vocabulary = writing->vocabulary;
    for (size_t i = 0; i < vocabulary->count; i++) {
        const struct concept *concept = &vocabulary->concepts[i];
        const struct stored_name *first = &writing->names[concept->names - vocabulary->names];
        const struct concept *home =
            concept->home ? vocabulary_find(vocabulary, MENTION_REGION, concept->home) : NULL;
        bool is_same_kind = i > 0 && strcmp(concept->kind, concept[-1].kind) == 0;
        writing->concepts[i] = (struct stored_concept){
            .latitude = concept->latitude,
            .longitude = concept->longitude,
            .id = put(writing, concept->id),
            .label = strcmp(concept->label, concept->names->text) == 0
                         ? first->text
                         : put(writing, concept->label),
            .kind = is_same_kind ? writing->concepts[i - 1].kind : put(writing, concept->kind),
            .home = home ? (uint32_t)(home - vocabulary->concepts) : NONE,
            .parent_count = (uint32_t) concept->parent_count,
            .name_count = (uint32_t) concept->name_count,
            .population = concept->population,
        };
    }
    for (size_t i = 0; i < vocabulary->parent_count; i++)
        writing->parents[i] = (uint32_t)(vocabulary->parents[i] - vocabulary->concepts);
}

static void pad(struct buffer *out)
{
    static const char zeros[8];
    buffer_append(out, zeros, (8 - out->size % 8) % 8);
}

/* The header, which is known in full only behind the parts, and the parts. */
static void write_parts(const struct writing *writing, struct buffer *out)
{
    const struct vocabulary *vocabulary = writing->vocabulary;
    struct gazetteer_array parts[PART_COUNT] = {
        [PART_STRINGS] = {writing->strings.bytes, writing->strings.size},
        [PART_CONCEPTS] = {writing->concepts, vocabulary->count},
        [PART_NAMES] = {writing->names, vocabulary->name_count},
        [PART_PARENTS] = {writing->parents, vocabulary->parent_count},
    };
    struct header header = {
        .version = VERSION, .byte_order = BYTE_MARK, .actor_count = vocabulary->actor_count};
    memcpy(header.magic, MAGIC, sizeof header.magic);
    memcpy(header.hash, vocabulary->hash, sizeof header.hash);
    gazetteer_arrays(vocabulary->gazetteer, parts);
    buffer_append(out, (const char *)&header, sizeof header);
    for (unsigned i = 0; i < PART_COUNT; i++) {
        pad(out);
        header.parts[i] = (struct extent){out->size, parts[i].count};
        buffer_append(out, parts[i].items, parts[i].count * item_size(i));
    }
    header.size = out->size;
    if (!out->failed)
        memcpy(out->bytes, &header, sizeof header);
}

bool vocabulary_compile(const struct vocabulary *vocabulary, struct buffer *out, struct error *err)
{
    struct writing writing = {
        .vocabulary = vocabulary,
        .concepts = calloc(vocabulary->count + 1, sizeof *writing.concepts),
        .names = calloc(vocabulary->name_count + 1, sizeof *writing.names),
        .parents = calloc(vocabulary->parent_count + 1, sizeof *writing.parents),
    };
    bool ok = writing.concepts && writing.names && writing.parents;
    if (ok) {
        store_names(&writing);
        store_concepts(&writing);
        if (writing.strings.size > UINT32_MAX)
            ok = error_set(err, ERROR_LIMIT, NULL, "the vocabulary has more than 4 GB of names");
    }
    if (ok && !writing.strings.failed)
        write_parts(&writing, out);
    if (ok && (writing.strings.failed || out->failed))
        ok = false;
    if (!ok)
        error_set(err, ERROR_MEMORY, NULL, "out of memory for the compiled vocabulary");
    buffer_free(&writing.strings);
    free(writing.concepts);
    free(writing.names);
    free(writing.parents);
    return ok;
}

/* ---- mapping ---------------------------------------------------------------- */

/* A file while it is checked. Whatever is wrong sets 'fault', and the first one stays. */
struct reading {
    struct vocabulary *vocabulary;
    struct gazetteer_array parts[PART_COUNT];
    const char *fault;
};

static bool damaged(struct reading *reading, const char *fault)
{
    if (!reading->fault)
        reading->fault = fault;
    return false;
}

static bool find_parts(struct reading *reading, const struct header *header)
{
    const struct vocabulary *vocabulary = reading->vocabulary;
    if (header->size != vocabulary->image_size)
        return damaged(reading, "its size is not what it says");
    for (unsigned i = 0; i < PART_COUNT; i++) {
        const struct extent *extent = &header->parts[i];
        if (extent->offset % 8 != 0 || extent->offset > vocabulary->image_size ||
            extent->count > (vocabulary->image_size - extent->offset) / item_size(i))
            return damaged(reading, "a part lies outside of it");
        reading->parts[i] =
            (struct gazetteer_array){(char *)vocabulary->image + extent->offset, extent->count};
    }
    const struct gazetteer_array *strings = &reading->parts[PART_STRINGS];
    const char *bytes = strings->items;
    if (strings->count > 0 && bytes[strings->count - 1] != '\0')
        return damaged(reading, "its strings do not end");
    if (reading->parts[PART_CONCEPTS].count >= NONE || reading->parts[PART_NAMES].count >= NONE ||
        header->actor_count > reading->parts[PART_CONCEPTS].count)
        return damaged(reading, "a count is too high");
    return true;
}

static const char *get(struct reading *reading, uint32_t offset)
{
    const struct gazetteer_array *strings = &reading->parts[PART_STRINGS];
    if (offset < strings->count)
        return (const char *)strings->items + offset;
    damaged(reading, "a string lies outside of it");
    return "";
}

static day_t get_day(struct reading *reading, day_t day)
{
    if (day != DAY_NONE && (day < DAY_MIN || day > DAY_MAX))
        damaged(reading, "a day is none of the calendar's");
    return day;
}

static void load_concept(struct reading *reading, const struct stored_concept *stored,
                         struct concept *concept)
{
    const struct vocabulary *vocabulary = reading->vocabulary;
    size_t number = (size_t)(concept - vocabulary->concepts);
    bool has_home = stored->home != NONE;
    if (has_home && (stored->home < vocabulary->actor_count || stored->home >= vocabulary->count))
        has_home = damaged(reading, "a home is no region");
    const struct stored_concept *concepts = reading->parts[PART_CONCEPTS].items;
    *concept = (struct concept){
        .type = number < vocabulary->actor_count ? MENTION_ACTOR : MENTION_REGION,
        .id = get(reading, stored->id),
        .label = get(reading, stored->label),
        .kind = get(reading, stored->kind),
        .home = has_home ? get(reading, concepts[stored->home].id) : NULL,
        .parent_count = stored->parent_count,
        .name_count = stored->name_count,
        .latitude = stored->latitude,
        .longitude = stored->longitude,
        .population = stored->population,
    };
}

/* Gives a concept its share of the names and parents, which begin at those left. */
static bool load_share(struct reading *reading, struct concept *concept, size_t *names,
                       size_t *parents)
{
    struct vocabulary *vocabulary = reading->vocabulary;
    uint32_t number = (uint32_t)(concept - vocabulary->concepts);
    const uint32_t *numbers = reading->parts[PART_PARENTS].items;
    size_t low = concept->type == MENTION_ACTOR ? 0 : vocabulary->actor_count;
    size_t high = concept->type == MENTION_ACTOR ? vocabulary->actor_count : vocabulary->count;
    if (concept->name_count == 0 || concept->name_count > vocabulary->name_count - *names ||
        concept->parent_count > vocabulary->parent_count - *parents)
        return damaged(reading, "a concept has too many names or parents, or no name");
    concept->names = vocabulary->names + *names;
    concept->parents = vocabulary->parents + *parents;
    for (size_t i = 0; i < concept->name_count; i++)
        vocabulary->names[(*names)++].owner = number;
    for (size_t i = 0; i < concept->parent_count; i++) {
        uint32_t parent = numbers[*parents];
        if (parent < low || parent >= high)
            return damaged(reading, "a parent is not of its child's kind");
        vocabulary->parents[(*parents)++] = &vocabulary->concepts[parent];
    }
    return true;
}

static bool load_concepts(struct reading *reading)
{
    struct vocabulary *vocabulary = reading->vocabulary;
    const struct stored_concept *concepts = reading->parts[PART_CONCEPTS].items;
    const struct stored_name *names = reading->parts[PART_NAMES].items;
    for (size_t i = 0; i < vocabulary->name_count; i++)
        vocabulary->names[i] = (struct concept_name){.text = get(reading, names[i].text),
                                                     .from = get_day(reading, names[i].from),
                                                     .to = get_day(reading, names[i].to),
                                                     .flags = names[i].flags,
                                                     .owner = NO_OWNER};
    size_t name = 0, parent = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < vocabulary->count; i++) {
        struct concept *concept = &vocabulary->concepts[i];
        load_concept(reading, &concepts[i], concept);
        ok = load_share(reading, concept, &name, &parent);
        /* So that vocabulary_find finds each. */
        if (i > 0 && concept[-1].type == concept->type && strcmp(concept[-1].id, concept->id) >= 0)
            ok = damaged(reading, "its ids are out of order");
    }
    return ok && !reading->fault;
}

/* No one is its own ancestor: the generations above are counted until nothing changes. */
static bool check_ancestors(struct reading *reading, uint8_t *heights)
{
    const struct vocabulary *vocabulary = reading->vocabulary;
    bool changes = true;
    for (unsigned round = 0; changes; round++) {
        if (round > VOCABULARY_DEPTH_MAX)
            return damaged(reading, "a concept is its own ancestor");
        changes = false;
        for (size_t i = 0; i < vocabulary->count; i++) {
            const struct concept *concept = &vocabulary->concepts[i];
            for (size_t j = 0; j < concept->parent_count; j++) {
                uint8_t above = heights[concept->parents[j] - vocabulary->concepts];
                if (heights[i] <= above) {
                    heights[i] = (uint8_t)(above + 1);
                    changes = true;
                }
            }
        }
    }
    return true;
}

/* Makes the arrays that have pointers. False where that failed: damage has its fault then. */
static bool load(struct reading *reading)
{
    struct vocabulary *vocabulary = reading->vocabulary;
    const struct header *header = vocabulary->image;
    if (!find_parts(reading, header))
        return false;
    vocabulary->actor_count = header->actor_count;
    vocabulary->count = reading->parts[PART_CONCEPTS].count;
    vocabulary->name_count = reading->parts[PART_NAMES].count;
    vocabulary->parent_count = reading->parts[PART_PARENTS].count;
    vocabulary->concepts = malloc((vocabulary->count + 1) * sizeof *vocabulary->concepts);
    vocabulary->names = malloc((vocabulary->name_count + 1) * sizeof *vocabulary->names);
    vocabulary->parents = malloc((vocabulary->parent_count + 1) * sizeof *vocabulary->parents);
    uint8_t *heights = calloc(vocabulary->count + 1, 1);
    bool ok = vocabulary->concepts && vocabulary->names && vocabulary->parents && heights &&
              load_concepts(reading) && check_ancestors(reading, heights);
    free(heights);
    if (ok && !gazetteer_is_sound(reading->parts, (uint32_t)vocabulary->name_count))
        ok = damaged(reading, "its trie of names does not hold together");
    if (ok)
        vocabulary->gazetteer = gazetteer_borrow(reading->parts);
    return ok && vocabulary->gazetteer;
}

/* Maps the file; '*is_there' says whether there is one. An empty file has no image. */
static bool map_file(struct vocabulary *vocabulary, const char *path, bool *is_there,
                     struct error *err)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *is_there = file >= 0;
    if (file < 0)
        return errno == ENOENT || error_set_errno(err, ERROR_IO, path, "cannot be opened");
    bool ok = fstat(file, &status) == 0;
    if (ok && status.st_size > 0) {
        size_t size = (size_t)status.st_size;
        void *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
        ok = image != MAP_FAILED;
        if (ok) {
            vocabulary->image = image;
            vocabulary->image_size = size;
        }
    }
    if (!ok)
        error_set_errno(err, ERROR_IO, path, "cannot be mapped");
    close(file);
    return ok;
}

/* Whether the file is one to be used; where it is damaged, that has its fault. */
static bool is_ours(struct reading *reading, const char *hash)
{
    const struct header *header = reading->vocabulary->image;
    if (reading->vocabulary->image_size < sizeof *header ||
        memcmp(header->magic, MAGIC, sizeof header->magic) != 0)
        return damaged(reading, "it does not begin as one");
    if (header->version != VERSION || header->byte_order != BYTE_MARK)
        return false;
    if (strlen(hash) != sizeof header->hash || memcmp(header->hash, hash, sizeof header->hash) != 0)
        return damaged(reading, "it was made from another text");
    memcpy(reading->vocabulary->hash, header->hash, sizeof header->hash);
    return true;
}

bool vocabulary_map(const char *path, const char *hash, struct vocabulary **out, struct error *err)
{
    bool is_there;
    struct reading reading = {.vocabulary = calloc(1, sizeof *reading.vocabulary)};
    if (!reading.vocabulary)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    bool ok = map_file(reading.vocabulary, path, &is_there, err);
    bool used = ok && is_there && is_ours(&reading, hash);
    if (used && !load(&reading) && !reading.fault)
        ok = error_set(err, ERROR_MEMORY, path, "out of memory");
    if (reading.fault)
        ok = error_set(err, ERROR_CORRUPT, path,
                       "the compiled vocabulary is damaged: %s; remove the file, and its text is "
                       "read instead, or build the index again",
                       reading.fault);
    if (!ok || !used) {
        vocabulary_close(reading.vocabulary);
        reading.vocabulary = NULL;
    }
    if (ok)
        *out = reading.vocabulary;
    return ok;
}
