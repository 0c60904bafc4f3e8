/* frequent_file.h: the postings of a generation's frequent terms as one file that is mapped. A
 * question about such a word takes a list of a tenth of all reports, which Xapian unpacks in 10 ns
 * a posting; here it lies ready. It has the reports that the generation was built of, as
 * report_file.h does: docids never change their report, so the file stays as it is, and postings of
 * reports that were added since are in the database only. The others of words, stems and pairs
 * stand here alone, of tags in the database as well.
 *
 * A list of more than one report in FREQUENT_FILE_DENSE has a bit a report, ready to be joined, and
 * how often the term occurs in 4 or 8 bits a posting. A shorter one is a run of codes, a posting
 * each: four times how much greater its docid is than the one before, plus its wdf, of which 3
 * stands for that and more and has the rest behind it; numbers of seven bits a byte, the lowest
 * first, with the highest bit in all bytes of a number but the last. Where every
 * FREQUENT_FILE_BLOCK-th posting begins is noted, to skip to.
 *
 * The file: what `struct frequent_entry` has the places of, term by term; the entries, in the order
 * of the terms; and `struct frequent_end`. Numbers are as this machine has them in memory.
 */
#ifndef SITREP_FREQUENT_FILE_H
#define SITREP_FREQUENT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define FREQUENT_FILE_DENSE       32u
#define FREQUENT_FILE_BLOCK       128u
#define FREQUENT_FILE_WORDS(last) ((last) / 64 + 1)
#define FREQUENT_FILE_MAGIC       UINT64_C(0x3251524650455254) /* "TREPFRQ2", lowest byte first */

#define FREQUENT_FILE_WDF_BITS 2u
#define FREQUENT_FILE_WDF_MORE 3u /* the code of a wdf of so much and more */

/* A document of the database has this term, whose wdf is how much longer the report is by terms
 * that stand in the file alone. So a document is as long as its report, for whoever ranks. */
#define FREQUENT_REST_TERM "XW"

/* A report in which a term occurs very often. */
struct frequent_large {
    uint32_t docid, wdf;
};

/* Where some codes of a list begin. */
struct frequent_block {
    uint32_t before; /* the docid of the posting before the first; 0 for none */
    uint32_t at;     /* in the codes */
};

struct frequent_entry {
    uint64_t term; /* where in the file, as the next three: its bytes and a NUL */
    uint64_t set;  /* FREQUENT_FILE_WORDS(last) numbers, bit d % 64 of number d / 64 for docid d; or
                      the blocks of codes */
    uint64_t wdfs; /* of each report of the set in order, 'width' bits each, a byte's lower first;
                      or the codes */
    uint64_t large; /* those with 1 in every bit of their wdf, if 'width' is not 0, by docid */
    uint32_t reports, large_count;
    uint32_t code_bytes;
    uint32_t greatest; /* wdf */
    uint8_t is_dense;
    uint8_t width; /* 0 (the term has wdf 0 everywhere), 4 or 8 */
    uint8_t alone; /* the database has none of these postings */
    uint8_t zero[5];
};

struct frequent_end {
    uint64_t entries; /* where in the file */
    uint32_t count;   /* of entries */
    uint32_t last;    /* docid */
    uint64_t magic;
};

/* All of one term, lent. */
struct frequent_postings {
    const char *term;
    uint32_t reports, greatest;
    bool alone;
    const uint64_t *words; /* NULL for codes; with the next four: */
    const uint8_t *wdfs;
    const struct frequent_large *large;
    uint32_t large_count;
    unsigned width;
    const uint8_t *codes; /* with the next two */
    uint32_t code_bytes;
    const struct frequent_block *blocks;
};

struct frequent_file;

/* ERROR_IO, ERROR_CORRUPT, ERROR_MEMORY. */
bool frequent_file_open(const char *path, struct frequent_file **out, struct error *err);
/* The same for who goes through the lists by number: terms are not to be found in it, and no memory
 * is taken for that. */
bool frequent_file_open_lists(const char *path, struct frequent_file **out, struct error *err);
void frequent_file_close(struct frequent_file *file);
/* As mapping_let_go. */
void frequent_file_let_go(const struct frequent_file *file);

/* The last docid that the lists know of. */
uint32_t frequent_file_last(const struct frequent_file *file);
size_t frequent_file_count(const struct frequent_file *file);
void frequent_file_at(const struct frequent_file *file, size_t number,
                      struct frequent_postings *out);
/* False where the term is not listed. */
bool frequent_file_find(const struct frequent_file *file, const char *term,
                        struct frequent_postings *out);

/* Bytes that the wdfs of so many reports take. */
static inline size_t frequent_wdf_bytes(size_t reports, unsigned width)
{
    return (reports * width + 7) / 8;
}

static inline size_t frequent_blocks(size_t reports)
{
    return (reports + FREQUENT_FILE_BLOCK - 1) / FREQUENT_FILE_BLOCK;
}

/* What stands for wdfs of so much and more. */
static inline uint32_t frequent_wdf_limit(unsigned width)
{
    return (1u << width) - 1;
}

#endif
