/* xap_postings: how fast the bindings read a posting list, in bulk and one by one.
 *
 *   xap_postings make DATABASE DOCUMENTS
 *   xap_postings read DATABASE
 *
 *   cc -O2 -I. -D_GNU_SOURCE bench/xap_postings.c build/dev/xapian/libxap.a -lxapian -lstdc++
 *
 * 'make' writes documents that all have one term, with 1 to 8 occurrences, and a value of
 * 8 bytes; 'read' prints nanoseconds an entry, the best of 9 passes. The peer that uses
 * Xapian's iterators is bench/peers/xap_postings.cc.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xapian/xap.h"

enum { PASSES = 9, ROOM = 4096 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool make(const char *path, uint32_t documents, struct xap_error *err)
{
    struct xap_writer *writer = NULL;
    bool done = xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, err);
    for (uint32_t i = 0; done && i < documents; i++) {
        struct xap_document *doc = NULL;
        char value[9];
        snprintf(value, sizeof value, "%08u", i % 100000000);
        done = xap_document_new(&doc, err) && xap_document_add_term(doc, "word", 1 + i % 8, err) &&
               xap_document_add_value(doc, 0, value, 8, err) &&
               xap_writer_add(writer, doc, NULL, err);
        xap_document_free(doc);
    }
    done = done && xap_writer_commit(writer, err);
    xap_writer_close(writer);
    return done;
}

/* One pass over the list, 'room' entries a call; returns the number of entries. */
static bool read_postings(const struct xap_db *db, size_t room, bool all, size_t *entries,
                          struct xap_error *err)
{
    static uint32_t docids[ROOM], wdfs[ROOM], lengths[ROOM];
    struct xap_postings *postings = NULL;
    size_t count = room;
    bool done = xap_postings_open(db, "word", &postings, err);
    *entries = 0;
    while (done && count == room) {
        done = xap_postings_read(postings, room, docids, all ? wdfs : NULL, all ? lengths : NULL,
                                 &count, err);
        *entries += count;
    }
    xap_postings_close(postings);
    return done;
}

static bool read_values(const struct xap_db *db, size_t room, bool all, size_t *entries,
                        struct xap_error *err)
{
    static uint32_t docids[ROOM], ends[ROOM];
    static char bytes[ROOM * 8];
    struct xap_values *values = NULL;
    size_t count = 1;
    bool done = xap_values_open(db, 0, &values, err);
    (void)all;
    *entries = 0;
    while (done && count > 0) {
        done = xap_values_read(values, room, docids, ends, sizeof bytes, bytes, &count, err);
        *entries += count;
    }
    xap_values_close(values);
    return done;
}

static const struct pass {
    const char *name;
    bool (*read)(const struct xap_db *, size_t, bool, size_t *, struct xap_error *);
    size_t room;
    bool all;
} passes[] = {
    {"docids, 4,096 a call", read_postings, ROOM, false},
    {"docids, 1 a call", read_postings, 1, false},
    {"docids, wdfs and lengths, 4,096 a call", read_postings, ROOM, true},
    {"values, 4,096 a call", read_values, ROOM, false},
    {"values, 1 a call", read_values, 1, false},
};

static bool measure(const char *path, struct xap_error *err)
{
    struct xap_db *db = NULL;
    bool done = xap_db_open(path, &db, err);
    for (size_t i = 0; done && i < sizeof passes / sizeof passes[0]; i++) {
        double best = 1e9;
        size_t entries = 0;
        for (int pass = 0; done && pass < PASSES; pass++) {
            double start = seconds();
            done = passes[i].read(db, passes[i].room, passes[i].all, &entries, err);
            double took = seconds() - start;
            best = took < best ? took : best;
        }
        printf("%-40s %6.1f ns\n", passes[i].name, 1e9 * best / (double)entries);
    }
    xap_db_close(db);
    return done;
}

int main(int argc, char **argv)
{
    struct xap_error err = {.code = XAP_OK};
    bool done = false;
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        done = make(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), &err);
    } else if (argc == 3 && strcmp(argv[1], "read") == 0) {
        done = measure(argv[2], &err);
    } else {
        fprintf(stderr, "xap_postings make DATABASE DOCUMENTS | xap_postings read DATABASE\n");
        return EXIT_FAILURE;
    }
    if (!done)
        fprintf(stderr, "xap_postings: %s\n", err.text);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
