#include "indexer/score_sheet.h"

#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "schema/error.h"

/* The distance that geoparsers are compared by: a hundred miles. */
#define NEAR_KILOMETRES 161

static const char *const field_names[SCORE_FIELDS] = {
    "country", "admin1", "place", "actors", "dates", "toponyms", "toponyms_wide", "organisations",
};
static const char *const fault_names[SCORE_FAULTS] = {
    "missed", "extra", "cut otherwise", "taken", "not covered",
};

struct figures {
    struct score_counts sum;
    size_t reports;
    double precision, recall, f1; /* summed over the reports */
};

struct fault {
    enum score_field field;
    enum score_fault fault;
    size_t count;
    char name[];
};

struct score_sheet {
    struct figures figures[SCORE_FIELDS];
    double *kilometres;
    size_t distance_count, distance_room;
    void *tree;                  /* of tsearch: struct fault */
    const struct fault **faults; /* the tree's, the most frequent first; made for output */
    size_t fault_count, fault_room;
    bool failed;
};

struct score_sheet *score_sheet_new(void)
{
    return calloc(1, sizeof(struct score_sheet));
}

void score_sheet_free(struct score_sheet *sheet)
{
    if (!sheet)
        return;
    tdestroy(sheet->tree, free);
    free(sheet->faults);
    free(sheet->kilometres);
    free(sheet);
}

/* ---- adding up ---------------------------------------------------------- */

/* A part of nothing is all of it: a report with nothing to find, where nothing was found. */
static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 1;
}

static double precision_of(const struct score_counts *counts)
{
    return share(counts->found, counts->found + counts->extra);
}

static double recall_of(const struct score_counts *counts)
{
    return share(counts->found, counts->found + counts->missed);
}

static double f1_of(const struct score_counts *counts)
{
    return share(2 * counts->found, 2 * counts->found + counts->extra + counts->missed);
}

void score_sheet_add(struct score_sheet *sheet, enum score_field field,
                     const struct score_counts *counts)
{
    struct figures *figures = &sheet->figures[field];
    figures->reports++;
    figures->sum.found += counts->found;
    figures->sum.extra += counts->extra;
    figures->sum.missed += counts->missed;
    figures->sum.uncovered += counts->uncovered;
    figures->sum.touching += counts->touching;
    figures->precision += precision_of(counts);
    figures->recall += recall_of(counts);
    figures->f1 += f1_of(counts);
}

static int compare_faults(const void *left, const void *right)
{
    const struct fault *a = left, *b = right;
    int order = (int)a->field - (int)b->field;
    order = order ? order : (int)a->fault - (int)b->fault;
    return order ? order : strcmp(a->name, b->name);
}

void score_sheet_fault(struct score_sheet *sheet, enum score_field field, enum score_fault fault,
                       const char *name, size_t size)
{
    struct fault *added = calloc(1, sizeof *added + size + 1);
    if (!added) {
        sheet->failed = true;
        return;
    }
    added->field = field;
    added->fault = fault;
    memcpy(added->name, name, size);
    struct fault **known = tsearch(added, &sheet->tree, compare_faults);
    if (known)
        (*known)->count++;
    else
        sheet->failed = true;
    if (!known || *known != added)
        free(added);
}

void score_sheet_distance(struct score_sheet *sheet, double kilometres)
{
    if (array_reserve(&sheet->kilometres, &sheet->distance_room, sheet->distance_count + 1,
                      sizeof *sheet->kilometres))
        sheet->kilometres[sheet->distance_count++] = kilometres;
    else
        sheet->failed = true;
}

/* ---- output ------------------------------------------------------------- */

/* twalk_r hands the nodes over one by one. */
static void collect_fault(const void *node, VISIT visit, void *context)
{
    struct score_sheet *sheet = context;
    if (visit != postorder && visit != leaf)
        return;
    if (array_reserve(&sheet->faults, &sheet->fault_room, sheet->fault_count + 1,
                      sizeof *sheet->faults))
        sheet->faults[sheet->fault_count++] = *(struct fault *const *)node;
    else
        sheet->failed = true;
}

static int compare_counts(const void *left, const void *right)
{
    const struct fault *a = *(const struct fault *const *)left;
    const struct fault *b = *(const struct fault *const *)right;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : compare_faults(a, b);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static bool sort(struct score_sheet *sheet)
{
    sheet->fault_count = 0;
    twalk_r(sheet->tree, collect_fault, sheet);
    if (sheet->fault_count)
        qsort(sheet->faults, sheet->fault_count, sizeof *sheet->faults, compare_counts);
    if (sheet->distance_count)
        qsort(sheet->kilometres, sheet->distance_count, sizeof *sheet->kilometres, compare_doubles);
    return !sheet->failed;
}

static double near_share(const struct score_sheet *sheet)
{
    size_t near = 0;
    while (near < sheet->distance_count && sheet->kilometres[near] <= NEAR_KILOMETRES)
        near++;
    return share(near, sheet->distance_count);
}

static double median(const struct score_sheet *sheet)
{
    size_t middle = sheet->distance_count / 2;
    if (sheet->distance_count % 2)
        return sheet->kilometres[middle];
    return (sheet->kilometres[middle - 1] + sheet->kilometres[middle]) / 2;
}

static void print_figures(const struct figures *figures, enum score_field field, struct buffer *out)
{
    const struct score_counts *sum = &figures->sum;
    double reports = (double)figures->reports;
    size_t gold = sum->found + sum->missed;
    buffer_format(out, "%-14s precision %.3f  recall %.3f  F1 %.3f", field_names[field],
                  precision_of(sum), recall_of(sum), f1_of(sum));
    buffer_format(out, "  macro %.3f %.3f %.3f  %zu in %zu reports", figures->precision / reports,
                  figures->recall / reports, figures->f1 / reports, gold, figures->reports);
    if (sum->uncovered)
        buffer_format(out, ", %zu not covered: recall of the others %.3f", sum->uncovered,
                      share(sum->found, gold - sum->uncovered));
    if (sum->touching)
        buffer_format(out, ", overlapping %.3f", share(sum->touching, gold));
    buffer_char(out, '\n');
}

static void print_worst(const struct score_sheet *sheet, enum score_field field, struct buffer *out)
{
    enum { WORST = 10 };
    for (int uncovered = 0; uncovered < 2; uncovered++) {
        size_t printed = 0;
        for (size_t i = 0; i < sheet->fault_count && printed < WORST; i++) {
            const struct fault *fault = sheet->faults[i];
            if (fault->field != field || (fault->fault == FAULT_UNCOVERED) != uncovered)
                continue;
            buffer_format(out, "%7zu  %s %s: %s\n", fault->count, field_names[field],
                          fault_names[fault->fault], fault->name);
            printed++;
        }
    }
}

bool score_sheet_text(struct score_sheet *sheet, struct buffer *out)
{
    if (!sort(sheet))
        return false;
    for (int field = 0; field < SCORE_FIELDS; field++)
        if (sheet->figures[field].reports)
            print_figures(&sheet->figures[field], (enum score_field)field, out);
    if (sheet->distance_count)
        buffer_format(out, "%-14s within %d km %.3f  median error %.1f km  %zu toponyms\n",
                      "positions", NEAR_KILOMETRES, near_share(sheet), median(sheet),
                      sheet->distance_count);
    for (int field = 0; field < SCORE_FIELDS; field++)
        print_worst(sheet, (enum score_field)field, out);
    return !out->failed;
}

/* A share to four places. */
static json_t *json_share(double value)
{
    return json_real(round(value * 1e4) / 1e4);
}

static json_t *json_figures(const struct figures *figures)
{
    const struct score_counts *sum = &figures->sum;
    double reports = (double)figures->reports;
    size_t gold = sum->found + sum->missed;
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o}}", "reports",
        (json_int_t)figures->reports, "gold", (json_int_t)gold, "found", (json_int_t)sum->found,
        "missed", (json_int_t)sum->missed, "extra", (json_int_t)sum->extra, "not_covered",
        (json_int_t)sum->uncovered, "overlapping", (json_int_t)sum->touching, "precision",
        json_share(precision_of(sum)), "recall", json_share(recall_of(sum)), "f1",
        json_share(f1_of(sum)), "covered_recall",
        json_share(share(sum->found, gold - sum->uncovered)), "macro", "precision",
        json_share(figures->precision / reports), "recall", json_share(figures->recall / reports),
        "f1", json_share(figures->f1 / reports));
}

/* The names not covered, or what else went wrong: of that the worst of each field and kind. */
static json_t *json_faults(const struct score_sheet *sheet, bool uncovered)
{
    enum { WORST = 20 };
    size_t given[SCORE_FIELDS][SCORE_FAULTS] = {{0}};
    json_t *array = json_array();
    for (size_t i = 0; i < sheet->fault_count; i++) {
        const struct fault *fault = sheet->faults[i];
        if ((fault->fault == FAULT_UNCOVERED) != uncovered ||
            (!uncovered && given[fault->field][fault->fault]++ >= WORST))
            continue;
        json_array_append_new(
            array, uncovered ? json_pack("{s:s, s:s, s:I}", "field", field_names[fault->field],
                                         "name", fault->name, "count", (json_int_t)fault->count)
                             : json_pack("{s:s, s:s, s:s, s:I}", "field", field_names[fault->field],
                                         "fault", fault_names[fault->fault], "name", fault->name,
                                         "count", (json_int_t)fault->count));
    }
    return array;
}

json_t *score_sheet_json(struct score_sheet *sheet)
{
    if (!sort(sheet))
        return NULL;
    json_t *fields = json_object();
    for (int field = 0; field < SCORE_FIELDS; field++)
        if (sheet->figures[field].reports)
            json_object_set_new(fields, field_names[field], json_figures(&sheet->figures[field]));
    json_t *positions =
        sheet->distance_count
            ? json_pack("{s:I, s:o, s:o}", "toponyms", (json_int_t)sheet->distance_count,
                        "within_161_km", json_share(near_share(sheet)), "median_km",
                        json_share(median(sheet)))
            : NULL;
    return json_pack("{s:o, s:o*, s:o, s:o}", "fields", fields, "positions", positions,
                     "not_covered", json_faults(sheet, true), "worst", json_faults(sheet, false));
}
