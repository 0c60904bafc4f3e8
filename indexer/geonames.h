/* geonames.h: places from a dump of GeoNames (https://www.geonames.org, CC BY 4.0), whole or of
 * one country, as a table of the vocabulary. The form of the dump is told in its readme.txt:
 * 19 columns parted by tabs.
 */
#ifndef SITREP_GEONAMES_H
#define SITREP_GEONAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "schema/error.h"
#include "schema/vocabulary.h"

struct geonames_options {
    const char *countries;  /* "ML,BF": these alone; NULL: all */
    unsigned population;    /* least number of inhabitants; 0 takes all */
    const char *vocabulary; /* directory, where admin1.tsv says which divisions its codes are */
};

struct geonames_counts {
    uint64_t lines;
    uint64_t written;
    uint64_t known;     /* the vocabulary has a place of that id */
    uint64_t unplaced;  /* of no country that the vocabulary has */
    uint64_t left_out;  /* no inhabited place, or not asked for */
    uint64_t undivided; /* written, of no division that the vocabulary has: of the country alone */
};

/* Reads the dump and writes the table. Names of a place that a larger region has which it is not
 * in are left out, as are those in other letters than Latin ones. A line that is not of the form
 * is ERROR_DATA. */
bool geonames_import(FILE *dump, const char *name, const struct geonames_options *options,
                     const struct vocabulary *vocabulary, FILE *table,
                     struct geonames_counts *counts, struct error *err);

#endif
