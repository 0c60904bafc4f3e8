#include "search/term_walk.h"

#include <stdlib.h>
#include <string.h>

struct term_walk {
    const struct postings_source *source;
    char *prefix;
    size_t prefix_size;
    struct xap_terms *terms; /* of the database */
    const char *term;        /* the next of them, NULL for none */
    uint32_t freq;
    bool is_given;                 /* and the one behind 'term' is to be read */
    size_t number;                 /* in the file: of the next that is listed alone */
    struct frequent_postings list; /* that one; no term where there is none */
};

/* The next of the file from 'number' on whose postings the database has not. */
static void find_listed(struct term_walk *walk)
{
    const struct frequent_file *file = walk->source->file;
    size_t count = file ? frequent_file_count(file) : 0;
    for (; walk->number < count; walk->number++) {
        frequent_file_at(file, walk->number, &walk->list);
        if (strncmp(walk->list.term, walk->prefix, walk->prefix_size) != 0)
            break;
        if (walk->list.alone)
            return;
    }
    walk->list.term = NULL;
}

/* The first of the file that is not less than a term, if that is further on. */
static void skip_listed(struct term_walk *walk, const char *term)
{
    const struct frequent_file *file = walk->source->file;
    size_t low = walk->number, high = file ? frequent_file_count(file) : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        frequent_file_at(file, middle, &walk->list);
        if (strcmp(walk->list.term, term) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    walk->number = low;
    find_listed(walk);
}

bool term_walk_open(const struct postings_source *source, const char *prefix,
                    struct term_walk **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct term_walk *walk = calloc(1, sizeof *walk);
    if (!walk || !(walk->prefix = strdup(prefix))) {
        free(walk);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    walk->source = source;
    walk->prefix_size = strlen(prefix);
    walk->is_given = true;
    if (!xap_terms_open(source->db, prefix, &walk->terms, &xapian)) {
        term_walk_close(walk);
        return error_set_xapian(err, NULL, &xapian);
    }
    skip_listed(walk, prefix);
    *out = walk;
    return true;
}

/* Below 0 where the next one is of the file, above where it is of the database; 0 where both have
 * it. */
static int compare_heads(const struct term_walk *walk)
{
    if (!walk->term || !walk->list.term)
        return walk->term ? 1 : -1;
    return strcmp(walk->list.term, walk->term);
}

bool term_walk_next(struct term_walk *walk, const char **term, uint32_t *freq, struct error *err)
{
    struct xap_error xapian = {0};
    uint32_t reports = 0;
    do {
        if (walk->is_given && !xap_terms_next(walk->terms, &walk->term, &walk->freq, &xapian))
            return error_set_xapian(err, NULL, &xapian);
        walk->is_given = false;
        if (!walk->term && !walk->list.term) {
            *term = NULL;
            return true;
        }
        int order = compare_heads(walk);
        *term = order > 0 ? walk->term : walk->list.term;
        if (order >= 0) {
            reports += walk->freq;
            walk->is_given = true;
        }
        if (order <= 0) {
            reports += postings_listed(walk->source, &walk->list);
            walk->number++;
            find_listed(walk);
        }
    } while (reports == 0);
    *freq = reports;
    return true;
}

bool term_walk_skip_to(struct term_walk *walk, const char *term, struct error *err)
{
    struct xap_error xapian = {0};
    skip_listed(walk, term);
    if (!walk->is_given && (!walk->term || strcmp(walk->term, term) >= 0))
        return true;
    walk->is_given = true;
    return xap_terms_skip_to(walk->terms, term, &xapian) || error_set_xapian(err, NULL, &xapian);
}

void term_walk_close(struct term_walk *walk)
{
    if (!walk)
        return;
    xap_terms_close(walk->terms);
    free(walk->prefix);
    free(walk);
}
