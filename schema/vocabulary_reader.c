/* The text forms of a vocabulary, as docs/vocabulary.md describes them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"
#include "schema/vocabulary_builder.h"
#include "schema/vocabulary_syntax.h"

/* What is being read. */
struct stanza {
    struct vocabulary_builder *builder;
    struct line line;
    enum file_form file_form;
    unsigned form; /* one of FORM_..., 0 between stanzas */
    unsigned seen; /* keys, a bit for each row of their table */
    bool has_parent;
    struct concept concept;
    struct draft draft;
};

enum { FORM_ACTOR = 1, FORM_REGION = 2, FORM_NEGATIVE = 4, FORM_WORDS = 8 };

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t size = strlen(text);
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    text[size] = '\0';
    return text;
}

/* Cuts the text at the first 'mark'; returns what follows it, NULL where there is none. */
static char *cut(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (!at)
        return NULL;
    *at = '\0';
    return at + 1;
}

static void add_name(struct vocabulary_builder *builder, struct line line,
                     const struct concept_name *name)
{
    if (builder->name_count >= UINT32_MAX - 1 ||
        !array_reserve(&builder->names, &builder->name_room, builder->name_count + 1,
                       sizeof *builder->names) ||
        !array_reserve(&builder->name_lines, &builder->name_line_room, builder->name_count + 1,
                       sizeof *builder->name_lines)) {
        builder->failed = true;
        return;
    }
    builder->names[builder->name_count] = *name;
    builder->name_lines[builder->name_count++] = line;
}

static void add_reference(struct vocabulary_builder *builder, struct line line,
                          enum reference_role role, const char *id, size_t size)
{
    if (!array_reserve(&builder->references, &builder->reference_room, builder->reference_count + 1,
                       sizeof *builder->references)) {
        builder->failed = true;
        return;
    }
    builder->references[builder->reference_count++] = (struct reference){
        .draft = (uint32_t)builder->count, .role = role, .id = id, .size = size, .line = line};
}

static void add_concept(struct vocabulary_builder *builder, const struct concept *concept,
                        const struct draft *draft)
{
    if (!array_reserve(&builder->concepts, &builder->concept_room, builder->count + 1,
                       sizeof *builder->concepts) ||
        !array_reserve(&builder->drafts, &builder->draft_room, builder->count + 1,
                       sizeof *builder->drafts)) {
        builder->failed = true;
        return;
    }
    builder->concepts[builder->count] = *concept;
    builder->drafts[builder->count++] = *draft;
}

/* A division or place lies in the region that its id begins with. */
static void add_implied_parent(struct vocabulary_builder *builder, struct line line, const char *id)
{
    const char *mark = strrchr(id, '.');
    if (!mark && syntax_is_division(id))
        mark = id + 2;
    if (mark)
        add_reference(builder, line, REFERENCE_PARENT, id, (size_t)(mark - id));
}

#define COMPLAIN(stanza, ...) vocabulary_complain((stanza)->builder, (stanza)->line, __VA_ARGS__)

/* The words after '|' of a name. False, having complained, where one is not known. */
static bool read_options(struct stanza *stanza, char *text, struct concept_name *name)
{
    static const struct {
        const char *word;
        unsigned flag;
    } words[] = {{"acronym", NAME_ACRONYM}, {"ambiguous", NAME_AMBIGUOUS}};
    char *rest;
    for (char *word = strtok_r(text, " \t|", &rest); word; word = strtok_r(NULL, " \t|", &rest)) {
        unsigned flag = 0;
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            if (strcmp(word, words[i].word) == 0)
                flag = words[i].flag;
        name->flags |= flag;
        if (flag)
            continue;
        if (strncmp(word, "lang:", 5) == 0) {
            if (syntax_is_languages(word + 5))
                continue;
            COMPLAIN(stanza, "\"%s\" names no language: write two letters, as in lang:fr", word);
            return false;
        }
        if (strstr(word, "..")) {
            if (!syntax_span(word, &name->from, &name->to)) {
                COMPLAIN(stanza,
                         "\"%s\" is no span of dates: write FROM..TO, each "
                         "YYYY, YYYY-MM or YYYY-MM-DD",
                         word);
                return false;
            }
            if (name->from != DAY_NONE && name->to != DAY_NONE && name->from > name->to) {
                COMPLAIN(stanza,
                         "the name ends before it begins (from %s): turn the span "
                         "round",
                         word);
                return false;
            }
            continue;
        }
        COMPLAIN(stanza,
                 "unknown option \"%s\": use acronym, ambiguous, lang:xx or "
                 "FROM..TO",
                 word);
        return false;
    }
    return true;
}

static void read_name_as(struct stanza *stanza, char *value, unsigned flags)
{
    char *options = cut(value, '|');
    struct concept_name name = {.from = DAY_NONE, .to = DAY_NONE, .flags = flags};
    name.text = trim(value);
    if (*name.text == '\0') {
        COMPLAIN(stanza, "no name: write it before the '|'");
        return;
    }
    if (options && !read_options(stanza, options, &name))
        return;
    if (syntax_looks_like_acronym(name.text))
        name.flags |= NAME_ACRONYM;
    add_name(stanza->builder, stanza->line, &name);
    stanza->concept.name_count++;
}

static void read_name(struct stanza *stanza, char *value)
{
    read_name_as(stanza, value, 0);
}

static void read_demonym(struct stanza *stanza, char *value)
{
    read_name_as(stanza, value, NAME_DEMONYM);
}

static void read_negative(struct stanza *stanza, char *value)
{
    read_name_as(stanza, value, NAME_NEGATIVE);
}

/* Single words parted by spaces. */
static void read_words(struct stanza *stanza, char *value, unsigned flag)
{
    struct concept_name name = {.from = DAY_NONE, .to = DAY_NONE, .flags = flag};
    char *rest;
    for (char *word = strtok_r(value, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        name.text = word;
        add_name(stanza->builder, stanza->line, &name);
    }
}

static void read_everyday(struct stanza *stanza, char *value)
{
    read_words(stanza, value, NAME_EVERYDAY);
}

static void read_forenames(struct stanza *stanza, char *value)
{
    read_words(stanza, value, NAME_FORENAME);
}

static void read_surnames(struct stanza *stanza, char *value)
{
    read_words(stanza, value, NAME_SURNAME);
}

static void read_id(struct stanza *stanza, char *value)
{
    stanza->concept.id = value;
}

static void read_label(struct stanza *stanza, char *value)
{
    stanza->concept.label = value;
}

static void read_kind(struct stanza *stanza, char *value)
{
    if (!syntax_is_slug(value))
        COMPLAIN(stanza, "\"%s\" is no kind: write lower-case words joined by hyphens", value);
    stanza->concept.kind = value;
}

static void read_parent(struct stanza *stanza, char *value)
{
    stanza->has_parent = true;
    add_reference(stanza->builder, stanza->line, REFERENCE_PARENT, value, strlen(value));
}

static void read_home(struct stanza *stanza, char *value)
{
    add_reference(stanza->builder, stanza->line, REFERENCE_HOME, value, strlen(value));
}

static void read_successor(struct stanza *stanza, char *value)
{
    add_reference(stanza->builder, stanza->line, REFERENCE_SUCCESSOR, value, strlen(value));
}

static void read_capital(struct stanza *stanza, char *value)
{
    add_reference(stanza->builder, stanza->line, REFERENCE_CAPITAL, value, strlen(value));
}

static bool set_position(struct concept *concept, const char *latitude, const char *longitude)
{
    concept->latitude = syntax_degrees(latitude, 90);
    concept->longitude = syntax_degrees(longitude, 180);
    return !isnan(concept->latitude) && !isnan(concept->longitude);
}

static void read_position(struct stanza *stanza, char *value)
{
    char *longitude = cut(value, ' ');
    if (!longitude || !set_position(&stanza->concept, value, trim(longitude)))
        COMPLAIN(stanza,
                 "\"%s\": a position is LATITUDE LONGITUDE in degrees, as in "
                 "16.27 -0.04",
                 value);
}

static void read_population(struct stanza *stanza, char *value)
{
    if (!syntax_population(value, &stanza->concept.population))
        COMPLAIN(stanza, "\"%s\": a population is digits only", value);
}

/* The keys: the first ones begin a stanza. */
static const struct key {
    const char *word;
    unsigned forms; /* that it may stand in */
    bool repeats;
    void (*read)(struct stanza *stanza, char *value);
} keys[] = {
    {"actor", FORM_ACTOR, false, read_id},
    {"region", FORM_REGION, false, read_id},
    {"not", FORM_NEGATIVE, true, read_negative},
    {"everyday", FORM_WORDS, true, read_everyday},
    {"forename", FORM_WORDS, true, read_forenames},
    {"surname", FORM_WORDS, true, read_surnames},
    {"more", FORM_ACTOR | FORM_REGION, false, read_id},
    {"label", FORM_ACTOR | FORM_REGION, false, read_label},
    {"kind", FORM_ACTOR | FORM_REGION, false, read_kind},
    {"name", FORM_ACTOR | FORM_REGION, true, read_name},
    {"parent", FORM_ACTOR | FORM_REGION, true, read_parent},
    {"home", FORM_ACTOR, false, read_home},
    {"successor", FORM_ACTOR, true, read_successor},
    {"demonym", FORM_REGION, true, read_demonym},
    {"at", FORM_REGION, false, read_position},
    {"population", FORM_REGION, false, read_population},
    {"capital", FORM_REGION, false, read_capital},
};

enum { ROW_MORE = 6, HEAD_KEYS };

/* The id must look as its kind's ids do. */
static void check_region(struct stanza *stanza)
{
    const struct concept *concept = &stanza->concept;
    const struct region_kind *kind = concept->kind ? syntax_region_kind(concept->kind) : NULL;
    if (!kind)
        vocabulary_complain(stanza->builder, stanza->draft.line,
                            "the kind of region \"%s\" is not one of area, country, division and "
                            "place",
                            concept->id);
    else if (!kind->is_id(concept->id))
        vocabulary_complain(stanza->builder, stanza->draft.line,
                            "the id \"%s\" does not fit its kind: the id of a %s is %s",
                            concept->id, concept->kind, kind->form);
}

/* What a concept must have. */
static void check_stanza(struct stanza *stanza)
{
    struct vocabulary_builder *builder = stanza->builder;
    struct concept *concept = &stanza->concept;
    struct line line = stanza->draft.line;
    if (stanza->form == FORM_REGION)
        check_region(stanza);
    else if (!syntax_is_slug(concept->id))
        vocabulary_complain(builder, line,
                            "the id \"%s\" is not lower-case letters and digits joined by hyphens",
                            concept->id);
    else if (!concept->kind)
        vocabulary_complain(builder, line,
                            "actor %s has no kind: add a line such as \"kind: rebel-group\"",
                            concept->id);
    if (concept->name_count == 0)
        vocabulary_complain(builder, line, "%s has no name: add a line \"name: ...\"", concept->id);
    else if (!concept->label)
    concept->label = builder->names[stanza->draft.first_name].text;
    if (stanza->form == FORM_REGION && !stanza->has_parent)
        add_implied_parent(builder, line, concept->id);
}

/* A blank line, a new head or the end of the file. */
static void end_stanza(struct stanza *stanza)
{
    struct vocabulary_builder *builder = stanza->builder;
    struct concept *concept = &stanza->concept;
    if (concept->id) {
        concept->type = stanza->form == FORM_ACTOR ? MENTION_ACTOR : MENTION_REGION;
        if (!stanza->draft.is_more)
            check_stanza(stanza);
        add_concept(builder, concept, &stanza->draft);
    }
    stanza->form = 0;
    concept->id = NULL;
}

static void begin_stanza(struct stanza *stanza, size_t row)
{
    end_stanza(stanza);
    stanza->form = keys[row].forms;
    if (row == ROW_MORE)
        stanza->form = stanza->file_form == FILE_ACTORS ? FORM_ACTOR : FORM_REGION;
    stanza->seen = 0;
    stanza->has_parent = false;
    stanza->concept = (struct concept){.latitude = (double)NAN, .longitude = (double)NAN};
    stanza->draft = (struct draft){.line = stanza->line,
                                   .first_name = (uint32_t)stanza->builder->name_count,
                                   .is_more = row == ROW_MORE};
}

static void read_stanza_line(struct stanza *stanza, char *text)
{
    char *value = cut(text, ':');
    const char *word = trim(text);
    if (!value) {
        COMPLAIN(stanza, "\"%s\" has no ':': write KEY: VALUE, or # before a comment", word);
        return;
    }
    size_t row = 0;
    while (row < ARRAY_LEN(keys) && strcmp(keys[row].word, word) != 0)
        row++;
    if (row == ARRAY_LEN(keys)) {
        COMPLAIN(stanza, "unknown key \"%s\": docs/vocabulary.md lists the keys", word);
        return;
    }
    bool goes_on = keys[row].repeats && stanza->form == keys[row].forms;
    if (row < HEAD_KEYS && !goes_on)
        begin_stanza(stanza, row);
    value = trim(value);
    if (!stanza->form)
        COMPLAIN(stanza,
                 "\"%s\" stands in no stanza: begin one with actor:, region:, "
                 "more: or not:",
                 word);
    else if (!(keys[row].forms & stanza->form))
        COMPLAIN(stanza, "\"%s\" does not belong in this stanza: see docs/vocabulary.md", word);
    else if (stanza->seen & 1u << row && !keys[row].repeats)
        COMPLAIN(stanza, "\"%s\" stands twice in one stanza: keep one", word);
    else if (*value == '\0')
        COMPLAIN(stanza, "\"%s\" has no value: write one or drop the line", word);
    else
        keys[row].read(stanza, value);
    stanza->seen |= 1u << row;
}

static const char place_kind[] = "place";

/* id, name, latitude, longitude, population, other names: parted by tabs. */
static void read_place_line(struct stanza *stanza, char *text)
{
    enum { ID, NAME, LATITUDE, LONGITUDE, POPULATION, OTHERS, COLUMNS };
    char *columns[COLUMNS] = {text};
    size_t count = 1;
    for (char *next = cut(text, '\t'); next && count <= COLUMNS; next = cut(next, '\t')) {
        if (count < COLUMNS)
            columns[count] = next;
        count++;
    }
    struct vocabulary_builder *builder = stanza->builder;
    if (count < OTHERS || count > COLUMNS) {
        COMPLAIN(stanza,
                 "%s: a line has five or six columns parted by tabs: id, name, "
                 "latitude, longitude, population and other names",
                 text);
        return;
    }
    struct concept concept = {
        .type = MENTION_REGION, .id = columns[ID], .kind = place_kind, .label = columns[NAME]};
    struct draft draft = {.line = stanza->line, .first_name = (uint32_t)builder->name_count};
    if (!syntax_is_place(concept.id))
        COMPLAIN(stanza,
                 "\"%s\" is no id of a place: write the code of its division or "
                 "country, a dot and a name, as in ML-7.ansongo",
                 concept.id);
    else if (*concept.label == '\0')
        COMPLAIN(stanza, "%s has no name: fill the second column", concept.id);
    else if (!set_position(&concept, columns[LATITUDE], columns[LONGITUDE]))
        COMPLAIN(stanza, "the position of %s is not in degrees: fill columns three and four",
                 concept.id);
    else if (!syntax_population(columns[POPULATION], &concept.population))
        COMPLAIN(stanza, "the population of %s is not digits only: write 0 if unknown", concept.id);
    struct concept_name name = {.text = concept.label, .from = DAY_NONE, .to = DAY_NONE};
    add_name(builder, stanza->line, &name);
    concept.name_count = 1;
    char *next;
    for (char *other = columns[OTHERS]; other && *other; other = next) {
        next = cut(other, ';');
        name.text = other;
        add_name(builder, stanza->line, &name);
        concept.name_count++;
    }
    add_implied_parent(builder, stanza->line, concept.id);
    add_concept(builder, &concept, &draft);
}

void vocabulary_read(struct vocabulary_builder *builder, uint16_t file, char *text, size_t size,
                     enum file_form form)
{
    struct stanza stanza = {.builder = builder, .line = {.file = file}, .file_form = form};
    char *end = text + size;
    while (text < end && !builder->stopped && !builder->failed) {
        char *newline = memchr(text, '\n', (size_t)(end - text));
        char *next = newline ? newline + 1 : end;
        char *line_end = newline ? newline : end;
        stanza.line.number++;
        if (line_end > text && line_end[-1] == '\r')
            line_end--;
        *line_end = '\0';
        if (!text_is_utf8(text, (size_t)(line_end - text)))
            COMPLAIN(&stanza, "the line is not UTF-8: save the file as UTF-8");
        else if (*text == '#')
            ;
        else if (form == FILE_TABLE && *text)
            read_place_line(&stanza, text);
        else if (*trim(text))
            read_stanza_line(&stanza, trim(text));
        else
            end_stanza(&stanza);
        text = next;
    }
    end_stanza(&stanza);
}
