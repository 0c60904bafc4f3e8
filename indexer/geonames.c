#include "indexer/geonames.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

/* The columns that are read, by their numbers in the dump. */
enum {
    COLUMN_NAME = 1,
    COLUMN_ASCII,
    COLUMN_OTHERS,
    COLUMN_LATITUDE,
    COLUMN_LONGITUDE,
    COLUMN_CLASS,
    COLUMN_CODE,
    COLUMN_COUNTRY,
    COLUMN_ADMIN1 = 10,
    COLUMN_ADMIN2,
    COLUMN_POPULATION = 14,
    COLUMNS = 19
};

#define OTHER_NAMES      10u
#define NAME_LETTERS_MIN 4u /* of another name, folded */
#define NAME_BYTES_MAX   60u

struct place {
    char *home; /* the id of its country or division */
    char *slug;
    char *line; /* all but the id */
    uint32_t population;
};

struct code {
    char *code, *region;
};

struct import {
    const struct geonames_options *options;
    const struct vocabulary *vocabulary;
    struct geonames_counts *counts;
    struct code *codes; /* by code */
    size_t code_count, code_room;
    struct place *places;
    size_t place_count, place_room;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- divisions ---------------------------------------------------------- */

static int compare_codes(const void *a, const void *b)
{
    return strcmp(((const struct code *)a)->code, ((const struct code *)b)->code);
}

static bool add_code(struct import *import, char *line)
{
    char *region = strchr(line, '\t');
    if (line[0] == '#' || !region)
        return true;
    *region++ = '\0';
    region[strcspn(region, "\r\n")] = '\0';
    if (!array_reserve(&import->codes, &import->code_room, import->code_count + 1,
                       sizeof import->codes[0]))
        return false;
    struct code *code = &import->codes[import->code_count++];
    *code = (struct code){strdup(line), strdup(region)};
    return code->code && code->region;
}

/* GeoNames numbers divisions in its own way: admin1.tsv has the regions they are. */
static bool read_codes(struct import *import, struct error *err)
{
    char *path = NULL, *line = NULL;
    size_t room = 0;
    if (asprintf(&path, "%s/admin1.tsv", import->options->vocabulary) < 0)
        return no_memory(err);
    FILE *file = fopen(path, "re");
    bool ok = file || error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    while (ok && getline(&line, &room, file) >= 0)
        ok = add_code(import, line) || no_memory(err);
    ok = ok && (!ferror(file) || error_set_errno(err, ERROR_IO, path, "cannot read"));
    if (ok && import->code_count > 0)
        qsort(import->codes, import->code_count, sizeof import->codes[0], compare_codes);
    if (file)
        fclose(file);
    free(line);
    free(path);
    return ok;
}

static const struct concept *find_division(const struct import *import, const char *format,
                                           char *const columns[COLUMNS])
{
    char name[64];
    int size = snprintf(name, sizeof name, format, columns[COLUMN_COUNTRY], columns[COLUMN_ADMIN1],
                        columns[COLUMN_ADMIN2]);
    struct code key = {.code = name};
    const struct code *found =
        size < (int)sizeof name && import->code_count > 0
            ? bsearch(&key, import->codes, import->code_count, sizeof key, compare_codes)
            : NULL;
    return found ? vocabulary_find(import->vocabulary, MENTION_REGION, found->region) : NULL;
}

/* What a place lies in: the second level where that counts, else the first, else the country. */
static const struct concept *find_home(const struct import *import, char *const columns[COLUMNS])
{
    const struct concept *home = find_division(import, "%s.%s.%s", columns);
    if (!home)
        home = find_division(import, "%s.%s", columns);
    return home ? home
                : vocabulary_find(import->vocabulary, MENTION_REGION, columns[COLUMN_COUNTRY]);
}

/* ---- names -------------------------------------------------------------- */

static bool is_latin_letter(const unsigned char *bytes, size_t *size)
{
    *size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : 3;
    if (*size == 1)
        return isalpha(bytes[0]);
    if (*size == 2) /* U+00C0 to U+02BF: accents, Hausa hooks, apostrophes */
        return bytes[0] >= 0xC3 && bytes[0] <= 0xCA;
    return bytes[0] == 0xE1 && (bytes[1] == 0xB8 || bytes[1] == 0xB9 || bytes[1] == 0xBA ||
                                bytes[1] == 0xBB); /* U+1E00 to U+1EFF */
}

/* Latin letters, blanks, hyphens, dots and apostrophes, with a capital first. */
static bool is_name(const char *name)
{
    const unsigned char *bytes = (const unsigned char *)name;
    size_t size = strlen(name), letter;
    if (size > NAME_BYTES_MAX || !is_latin_letter(bytes, &letter) || islower(bytes[0]))
        return false;
    for (size_t i = 0; i < size; i += letter)
        if (strchr(" -.'", name[i]))
            letter = 1;
        else if (strncmp(name + i, "’", 3) == 0 || strncmp(name + i, "‘", 3) == 0)
            letter = 3;
        else if (!is_latin_letter(bytes + i, &letter) || i + letter > size)
            return false;
    return true;
}

/* A code such as an airport's. */
static bool is_code(const char *name)
{
    size_t size = strlen(name);
    return size <= 4 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

static bool is_within(const struct concept *home, const struct concept *region)
{
    enum { ANCESTORS = 64 };
    const struct concept *ancestors[ANCESTORS];
    size_t count = vocabulary_ancestors(home, ancestors, ANCESTORS);
    bool within = home == region;
    for (size_t i = 0; i < count && i < ANCESTORS && !within; i++)
        within = ancestors[i] == region;
    return within;
}

/* Whether a larger region has the name, and the place is not in it. */
static bool is_taken(const struct import *import, const struct concept *home, const char *name)
{
    const struct concept *region = vocabulary_find_name(import->vocabulary, MENTION_REGION, name);
    return region && strcmp(region->kind, "place") != 0 && !is_within(home, region);
}

/* Names of a place, folded, each once. */
struct seen {
    char *folded[OTHER_NAMES + 1];
    size_t count;
};

/* '*fresh' where it was not there. False out of memory. */
static bool see(struct seen *seen, const char *name, bool *fresh)
{
    char *folded = text_fold(name, strlen(name));
    *fresh = folded && strlen(folded) >= NAME_LETTERS_MIN;
    for (size_t i = 0; *fresh && i < seen->count; i++)
        *fresh = strcmp(seen->folded[i], folded) != 0;
    if (*fresh)
        seen->folded[seen->count++] = folded;
    else
        free(folded);
    return folded != NULL;
}

/* Other spellings in Latin letters, the plain one first; GeoNames parts them by commas. */
static bool append_others(const struct import *import, const struct concept *home,
                          char *const columns[COLUMNS], struct buffer *line)
{
    struct seen seen = {0};
    char *rest = columns[COLUMN_OTHERS], *other = columns[COLUMN_ASCII];
    bool fresh, ok = see(&seen, columns[COLUMN_NAME], &fresh);
    size_t first = seen.count, end = first + OTHER_NAMES < ARRAY_LEN(seen.folded)
                                         ? first + OTHER_NAMES
                                         : ARRAY_LEN(seen.folded);
    for (; ok && other && seen.count < end; other = strsep(&rest, ",")) {
        if (!is_name(other) || is_code(other) || is_taken(import, home, other))
            continue;
        size_t before = seen.count;
        ok = see(&seen, other, &fresh);
        if (ok && fresh)
            buffer_format(line, "%c%s", before == first ? '\t' : ';', other);
    }
    for (size_t i = 0; i < seen.count; i++)
        free(seen.folded[i]);
    return ok;
}

/* "Bourem-Inaly" to "bourem-inaly": the id's last part. */
static char *make_slug(const char *ascii)
{
    char *slug = text_fold(ascii, strlen(ascii));
    size_t kept = 0;
    for (size_t i = 0; slug && slug[i]; i++) {
        bool plain = (slug[i] >= 'a' && slug[i] <= 'z') || (slug[i] >= '0' && slug[i] <= '9');
        if (plain || (kept > 0 && slug[kept - 1] != '-'))
            slug[kept++] = plain ? slug[i] : '-';
    }
    if (slug)
        slug[kept > 0 && slug[kept - 1] == '-' ? kept - 1 : kept] = '\0';
    return slug;
}

/* ---- places ------------------------------------------------------------- */

/* Inhabited ones; not those that are abandoned, destroyed, historical, farms or religious. */
static bool is_inhabited(char *const columns[COLUMNS])
{
    static const char *const not_so[] = {"PPLQ", "PPLH", "PPLCH", "PPLW", "PPLF", "PPLR"};
    if (strcmp(columns[COLUMN_CLASS], "P") != 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(not_so); i++)
        if (strcmp(columns[COLUMN_CODE], not_so[i]) == 0)
            return false;
    return true;
}

static bool is_wanted(const struct import *import, char *const columns[COLUMNS],
                      uint32_t population)
{
    const char *countries = import->options->countries, *country = columns[COLUMN_COUNTRY];
    if (!is_inhabited(columns) || population < import->options->population ||
        !is_name(columns[COLUMN_NAME]))
        return false;
    for (const char *at = countries; at && *country; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, country, 2) == 0 && (at[2] == ',' || at[2] == '\0'))
            return true;
    }
    return !countries;
}

static bool read_degrees(const char *text, double most, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && fabs(*out) <= most;
}

static bool add_place(struct import *import, char *const columns[COLUMNS],
                      const struct concept *home, uint32_t population, double latitude,
                      double longitude)
{
    struct buffer line = {0};
    if (!array_reserve(&import->places, &import->place_room, import->place_count + 1,
                       sizeof import->places[0]))
        return false;
    buffer_format(&line, "%s\t%.6g\t%.6g\t%u", columns[COLUMN_NAME],
                  round(latitude * 100) / 100 + 0.0, round(longitude * 100) / 100 + 0.0,
                  (unsigned)population);
    char *slug = make_slug(columns[COLUMN_ASCII]);
    if (!slug || !append_others(import, home, columns, &line)) {
        free(slug);
        buffer_free(&line);
        return false;
    }
    struct place *place = &import->places[import->place_count++];
    *place = (struct place){strdup(home->id), slug, buffer_take(&line, NULL), population};
    return place->home && place->line;
}

static bool read_line(struct import *import, char *line, const char *where, struct error *err)
{
    char *columns[COLUMNS], *rest = line;
    size_t count = 0;
    double latitude, longitude;
    line[strcspn(line, "\r\n")] = '\0';
    while (rest && count < COLUMNS)
        columns[count++] = strsep(&rest, "\t");
    char *end = NULL;
    unsigned long population = count == COLUMNS ? strtoul(columns[COLUMN_POPULATION], &end, 10) : 0;
    if (count != COLUMNS || rest || *end || population > UINT32_MAX ||
        !read_degrees(columns[COLUMN_LATITUDE], 90, &latitude) ||
        !read_degrees(columns[COLUMN_LONGITUDE], 180, &longitude))
        return error_set(err, ERROR_DATA, where,
                         "not a line of a GeoNames dump: 19 columns parted by tabs, the fifth "
                         "and sixth latitude and longitude, the fifteenth the population");
    if (!is_wanted(import, columns, (uint32_t)population)) {
        import->counts->left_out++;
        return true;
    }
    const struct concept *home = find_home(import, columns);
    if (!home)
        import->counts->unplaced++;
    return !home || add_place(import, columns, home, (uint32_t)population, latitude, longitude) ||
           no_memory(err);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    int order = strcmp(left->home, right->home);
    if (order == 0)
        order = strcmp(left->slug, right->slug);
    if (order == 0)
        order = (left->population < right->population) - (left->population > right->population);
    return order ? order : strcmp(left->line, right->line);
}

/* Of places of one name in one division the larger ones come first, the others get numbers. */
static void write_places(const struct import *import, FILE *table)
{
    unsigned same = 0;
    for (size_t i = 0; i < import->place_count; i++) {
        const struct place *place = &import->places[i];
        bool again = i > 0 && strcmp(place->home, place[-1].home) == 0 &&
                     strcmp(place->slug, place[-1].slug) == 0;
        char id[128];
        same = again ? same + 1 : 1;
        int size = same == 1 ? snprintf(id, sizeof id, "%s.%s", place->home, place->slug)
                             : snprintf(id, sizeof id, "%s.%s-%u", place->home, place->slug, same);
        if (place->slug[0] == '\0' || size >= (int)sizeof id) {
            import->counts->left_out++;
        } else if (vocabulary_find(import->vocabulary, MENTION_REGION, id)) {
            import->counts->known++;
        } else {
            fprintf(table, "%s\t%s\n", id, place->line);
            import->counts->written++;
            import->counts->undivided += strlen(place->home) == 2;
        }
    }
}

static void import_clear(struct import *import)
{
    for (size_t i = 0; i < import->code_count; i++) {
        free(import->codes[i].code);
        free(import->codes[i].region);
    }
    for (size_t i = 0; i < import->place_count; i++) {
        free(import->places[i].home);
        free(import->places[i].slug);
        free(import->places[i].line);
    }
    free(import->codes);
    free(import->places);
}

bool geonames_import(FILE *dump, const char *name, const struct geonames_options *options,
                     const struct vocabulary *vocabulary, FILE *table,
                     struct geonames_counts *counts, struct error *err)
{
    struct import import = {.options = options, .vocabulary = vocabulary, .counts = counts};
    char *line = NULL;
    size_t room = 0;
    *counts = (struct geonames_counts){0};
    bool ok = read_codes(&import, err);
    while (ok && getline(&line, &room, dump) >= 0) {
        char where[240];
        snprintf(where, sizeof where, "%.200s:%llu", name, (unsigned long long)++counts->lines);
        ok = read_line(&import, line, where, err);
    }
    ok = ok && (!ferror(dump) || error_set_errno(err, ERROR_IO, name, "cannot read"));
    if (ok && import.place_count > 0)
        qsort(import.places, import.place_count, sizeof import.places[0], compare_places);
    if (ok) {
        fputs(
            "# Places of GeoNames (https://www.geonames.org), licensed under CC BY 4.0; selected, "
            "divisions\n# replaced by ISO 3166-2 codes, coordinates rounded.\n"
            "#id\tname\tlatitude\tlongitude\tpopulation\tother names\n",
            table);
        write_places(&import, table);
        ok = !ferror(table) || error_set_errno(err, ERROR_IO, NULL, "the table cannot be written");
    }
    free(line);
    import_clear(&import);
    return ok;
}
