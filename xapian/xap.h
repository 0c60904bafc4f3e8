/* xap.h: a C interface to the Xapian search library.
 *
 * Xapian is C++ and has no C interface of its own.  This one is small and
 * faithful: the names are Xapian's, the semantics are Xapian's, and where C
 * wants something else (errors, iteration, ownership) the rules are these:
 *
 * Errors.  A call that can fail returns bool and takes a caller-owned
 *   'struct xap_error' last (NULL if the caller does not care).  On failure it
 *   returns false, fills the error and leaves every output as it was (but for the
 *   arrays of a bulk read).  No C++ exception leaves this library, whatever its type.
 * Ownership.  _new and _open give a handle that the caller ends with _free or
 *   _close, both of which accept NULL.  A 'char **out' is a malloc()ed string
 *   that the caller frees.  A 'const char *' is borrowed.  Only calls with
 *   'take' in the name take ownership of an argument, and they do so even when
 *   they fail.
 * Lifetime.  Xapian's objects count references: a database may be closed while
 *   a query, an enquire or a cursor made from it is alive; the cursor keeps
 *   what it needs.
 * Terms are NUL-terminated byte strings, 1 to XAP_TERM_MAX bytes; values and
 *   document data are bytes with a length.
 * Threads.  No locking inside: use one database, with all that was made from
 *   it, in one thread at a time.
 * Reading in bulk.  Xapian's iterators cost a virtual call an entry; the cursors
 *   here (postings, values, terms) fill arrays of the caller's instead.
 *
 * There are two kinds of handle for a database, so that writing through a
 * reader does not compile; what only a writer needs is in objects of its own
 * (writer.cc, compact.cc), so that a program that only reads links none of it.
 */
#ifndef XAP_H
#define XAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with its symbols hidden but for these. */
#pragma GCC visibility push(default)

/* ---- errors ------------------------------------------------------------ */

enum xap_code {
    XAP_OK = 0,
    XAP_INVALID_ARGUMENT, /* also: a term too long, an unknown language */
    XAP_NOT_FOUND,        /* no such document, term, file or database */
    XAP_LOCKED,           /* another writer holds the database */
    XAP_MODIFIED,         /* the revision being read was overwritten: reopen, ask again */
    XAP_CORRUPT,          /* the database is damaged */
    XAP_VERSION,          /* the database's format is another version's */
    XAP_OPENING,          /* the database could not be opened */
    XAP_CREATING,         /* the database could not be created */
    XAP_CLOSED,           /* the database was closed */
    XAP_LIMIT,            /* a wildcard expands to more terms than allowed */
    XAP_QUERY,            /* a query that cannot be run */
    XAP_UNIMPLEMENTED,    /* not available for this kind of database */
    XAP_DATABASE,         /* any other database error, input and output included */
    XAP_NO_MEMORY,
    XAP_INTERNAL, /* any other exception */
};

struct xap_error {
    enum xap_code code;
    int os_errno;   /* the errno behind it, or 0 */
    char text[500]; /* one line, no newline */
};

/* The code's name in lower case ("not found"), for logs. Never NULL. */
const char *xap_code_name(enum xap_code code);

#define XAP_TERM_MAX 245            /* bytes in a term, at most */
#define XAP_NO_SLOT  ((uint32_t)-1) /* Xapian::BAD_VALUENO */

/* The run-time Xapian version ("1.4.22"). */
const char *xap_version(void);

/* ---- databases, for reading -------------------------------------------- */

struct xap_db;

/* XAP_OPENING also where a table is on disk and cannot be opened, which Xapian takes for an empty
 * one. xap_db_reopen cannot tell. */
bool xap_db_open(const char *path, struct xap_db **out, struct xap_error *err);
/* Several databases searched as one; docids interleave as Xapian documents. */
bool xap_db_open_multi(const char *const *paths, size_t count, struct xap_db **out,
                       struct xap_error *err);
/* Moves to the newest revision; '*changed' says whether that was another one.
 * Xapian's limit: a database directory replaced by another one is not noticed. */
bool xap_db_reopen(struct xap_db *db, bool *changed, struct xap_error *err);
void xap_db_close(struct xap_db *db);

bool xap_db_document_count(const struct xap_db *db, uint32_t *out, struct xap_error *err);
bool xap_db_last_docid(const struct xap_db *db, uint32_t *out, struct xap_error *err);
bool xap_db_total_length(const struct xap_db *db, uint64_t *out, struct xap_error *err);
bool xap_db_average_length(const struct xap_db *db, double *out, struct xap_error *err);
bool xap_db_length_bounds(const struct xap_db *db, uint32_t *lower, uint32_t *upper,
                          struct xap_error *err);
bool xap_db_document_length(const struct xap_db *db, uint32_t docid, uint32_t *out,
                            struct xap_error *err);
bool xap_db_has_positions(const struct xap_db *db, bool *out, struct xap_error *err);
/* 0 for a term that indexes nothing: not an error. */
bool xap_db_term_freq(const struct xap_db *db, const char *term, uint32_t *out,
                      struct xap_error *err);
bool xap_db_collection_freq(const struct xap_db *db, const char *term, uint64_t *out,
                            struct xap_error *err);
bool xap_db_wdf_upper_bound(const struct xap_db *db, const char *term, uint32_t *out,
                            struct xap_error *err);
bool xap_db_value_freq(const struct xap_db *db, uint32_t slot, uint32_t *out,
                       struct xap_error *err);
/* '*out' is "" (size 0) where the key has no value. 'size' may be NULL. */
bool xap_db_metadata(const struct xap_db *db, const char *key, char **out, size_t *size,
                     struct xap_error *err);
/* The revision number; single databases only, else XAP_UNIMPLEMENTED. */
bool xap_db_revision(const struct xap_db *db, uint64_t *out, struct xap_error *err);
bool xap_db_uuid(const struct xap_db *db, char **out, struct xap_error *err);
/* The best spelling correction of 'word' within 'max_edits' (1 to 3 make sense),
 * or "" where there is none. */
bool xap_db_spelling(const struct xap_db *db, const char *word, unsigned max_edits, char **out,
                     struct xap_error *err);

/* ---- cursors: reading in bulk ------------------------------------------ */

/* A cursor never goes back. One that fails in mid-read has lost its place, and fails
 * the same way from then on; a refused argument costs it nothing. */

/* The posting list of one term, in docid order; "" lists every document. */
struct xap_postings;

bool xap_postings_open(const struct xap_db *db, const char *term, struct xap_postings **out,
                       struct xap_error *err);
/* Reads up to 'room' postings; '*count' less than 'room' means the list has ended.
 * 'wdfs' (occurrences in the document) and 'lengths' (document lengths) may be
 * NULL, and cost nothing then. */
bool xap_postings_read(struct xap_postings *postings, size_t room, uint32_t *docids, uint32_t *wdfs,
                       uint32_t *lengths, size_t *count, struct xap_error *err);
/* The next read starts at the first posting whose docid is at least 'docid'. */
bool xap_postings_skip_to(struct xap_postings *postings, uint32_t docid, struct xap_error *err);
void xap_postings_close(struct xap_postings *postings);

/* The positions of 'term' in one document, ascending. '*count' is the number there
 * is, whatever 'room' is: call again with more room where it is larger. */
bool xap_positions_read(const struct xap_db *db, uint32_t docid, const char *term, size_t room,
                        uint32_t *positions, size_t *count, struct xap_error *err);

/* One value slot over all documents that have a value there, in docid order. */
struct xap_values;

bool xap_values_open(const struct xap_db *db, uint32_t slot, struct xap_values **out,
                     struct xap_error *err);
/* Reads up to 'room' values into 'bytes', one behind the other: value i ends at
 * 'ends[i]' and starts where the one before it ends.  Stops early when 'bytes_room'
 * is used up.  '*count' 0 means the stream has ended; a single value larger than
 * 'bytes_room' is XAP_INVALID_ARGUMENT. */
bool xap_values_read(struct xap_values *values, size_t room, uint32_t *docids, uint32_t *ends,
                     size_t bytes_room, char *bytes, size_t *count, struct xap_error *err);
bool xap_values_skip_to(struct xap_values *values, uint32_t docid, struct xap_error *err);
/* The value of one document, lent until the next call on the cursor; NULL where it has none.
 * Docids rise from call to call. */
bool xap_values_find(struct xap_values *values, uint32_t docid, const char **bytes, size_t *size,
                     struct xap_error *err);
void xap_values_close(struct xap_values *values);

/* The database's terms that start with a prefix, in byte order, from a term on. */
struct xap_terms;

bool xap_terms_open(const struct xap_db *db, const char *prefix, struct xap_terms **out,
                    struct xap_error *err);
/* The next term, borrowed until the next call, and the number of documents it
 * indexes ('freq' may be NULL). '*term' is NULL past the last one. */
bool xap_terms_next(struct xap_terms *terms, const char **term, uint32_t *freq,
                    struct xap_error *err);
bool xap_terms_skip_to(struct xap_terms *terms, const char *term, struct xap_error *err);
void xap_terms_close(struct xap_terms *terms);

/* The synonyms of 'term', the words with a spelling entry, the metadata keys that
 * start with 'prefix': cursors of the same kind (freq is 1, or the spelling's).
 * Synonyms cannot be skipped: XAP_UNIMPLEMENTED. */
bool xap_terms_open_synonyms(const struct xap_db *db, const char *term, struct xap_terms **out,
                             struct xap_error *err);
bool xap_terms_open_spellings(const struct xap_db *db, struct xap_terms **out,
                              struct xap_error *err);
bool xap_terms_open_metadata_keys(const struct xap_db *db, const char *prefix,
                                  struct xap_terms **out, struct xap_error *err);

/* ---- documents --------------------------------------------------------- */

struct xap_document;

bool xap_document_new(struct xap_document **out, struct xap_error *err);
bool xap_db_document(const struct xap_db *db, uint32_t docid, struct xap_document **out,
                     struct xap_error *err);
void xap_document_free(struct xap_document *doc);

/* One occurrence more ('wdf_increment' more) without a position; with 0, a
 * boolean term: it filters and does not weigh. */
bool xap_document_add_term(struct xap_document *doc, const char *term, uint32_t wdf_increment,
                           struct xap_error *err);
bool xap_document_add_posting(struct xap_document *doc, const char *term, uint32_t position,
                              uint32_t wdf_increment, struct xap_error *err);
bool xap_document_remove_term(struct xap_document *doc, const char *term, struct xap_error *err);
bool xap_document_add_value(struct xap_document *doc, uint32_t slot, const char *bytes, size_t size,
                            struct xap_error *err);
bool xap_document_remove_value(struct xap_document *doc, uint32_t slot, struct xap_error *err);
bool xap_document_set_data(struct xap_document *doc, const char *bytes, size_t size,
                           struct xap_error *err);
/* Copies; 'size' may be NULL; a NUL follows the bytes. */
bool xap_document_data(const struct xap_document *doc, char **out, size_t *size,
                       struct xap_error *err);
bool xap_document_value(const struct xap_document *doc, uint32_t slot, char **out, size_t *size,
                        struct xap_error *err);
bool xap_document_term_count(const struct xap_document *doc, uint32_t *out, struct xap_error *err);
/* The document's terms that start with 'prefix'; freq is the wdf. */
bool xap_terms_open_document(const struct xap_document *doc, const char *prefix,
                             struct xap_terms **out, struct xap_error *err);

/* Numbers as bytes that sort as the numbers do (Xapian::sortable_serialise).
 * 'out' has room for 9 bytes; returns the number used. */
size_t xap_sortable(double number, char out[9]);
double xap_unsortable(const char *bytes, size_t size);

/* ---- databases, for writing -------------------------------------------- */

struct xap_writer;

enum xap_open {
    XAP_CREATE_OR_OPEN = 0,
    XAP_CREATE,              /* fails where one exists */
    XAP_CREATE_OR_OVERWRITE, /* starts empty */
    XAP_OPEN,                /* fails where none exists */
};

enum xap_write_flags {
    XAP_NO_SYNC = 1,   /* commits are not forced to disk */
    XAP_DANGEROUS = 2, /* blocks are updated in place: a crash destroys the database */
};

/* Takes Xapian's write lock; XAP_LOCKED where another process or handle has it.
 * The lock ends with the process, so no stale lock exists.
 * 'block_size' is a power of two from 2048 to 65536, or 0 for the default. */
bool xap_writer_open(const char *path, enum xap_open mode, unsigned flags, unsigned block_size,
                     struct xap_writer **out, struct xap_error *err);
/* Discards what was not committed. Xapian's own destructor commits; this does not. */
void xap_writer_close(struct xap_writer *writer);
/* A reader's view that includes what is not committed; borrowed, ends with the writer. */
const struct xap_db *xap_writer_db(const struct xap_writer *writer);

/* An add, replace or delete that fails in the database discards all that was not yet
 * committed (Xapian does): the caller repeats the batch. A refused argument, and a docid
 * that is not there, discard nothing. Xapian also commits by itself every 10,000
 * changes (XAPIAN_FLUSH_THRESHOLD). 'docid' may be NULL. */
bool xap_writer_add(struct xap_writer *writer, const struct xap_document *doc, uint32_t *docid,
                    struct xap_error *err);
bool xap_writer_replace(struct xap_writer *writer, uint32_t docid, const struct xap_document *doc,
                        struct xap_error *err);
/* Replaces the first document with 'term' and deletes any other; adds where none has it. */
bool xap_writer_replace_term(struct xap_writer *writer, const char *term,
                             const struct xap_document *doc, uint32_t *docid,
                             struct xap_error *err);
bool xap_writer_delete(struct xap_writer *writer, uint32_t docid, struct xap_error *err);
/* No document with 'term' is not an error. */
bool xap_writer_delete_term(struct xap_writer *writer, const char *term, struct xap_error *err);
/* Forces the files to disk. Xapian does not fsync the directory: the caller does. */
bool xap_writer_commit(struct xap_writer *writer, struct xap_error *err);
/* Discards what was not committed. */
bool xap_writer_cancel(struct xap_writer *writer, struct xap_error *err);
bool xap_writer_set_metadata(struct xap_writer *writer, const char *key, const char *bytes,
                             size_t size, struct xap_error *err);
bool xap_writer_add_spelling(struct xap_writer *writer, const char *word, uint32_t increment,
                             struct xap_error *err);
bool xap_writer_remove_spelling(struct xap_writer *writer, const char *word, uint32_t decrement,
                                struct xap_error *err);
bool xap_writer_add_synonym(struct xap_writer *writer, const char *term, const char *synonym,
                            struct xap_error *err);
bool xap_writer_remove_synonym(struct xap_writer *writer, const char *term, const char *synonym,
                               struct xap_error *err);
bool xap_writer_clear_synonyms(struct xap_writer *writer, const char *term, struct xap_error *err);

enum xap_compact_flags {
    XAP_COMPACT_MULTIPASS = 1, /* merges in groups, pass by pass: for disks that are slow to seek */
    XAP_COMPACT_FULLER = 2,    /* packs items tighter */
    XAP_COMPACT_NO_RENUMBER = 4,
};

/* Merges databases, in the order given, into a new one at 'destination', over one that is
 * there already. Docids of a source follow those of the source before it. */
bool xap_compact(const char *const *sources, size_t count, const char *destination, unsigned flags,
                 unsigned block_size, struct xap_error *err);
/* Checks the structure of a database; '*faults' is the number of faults found and
 * '*report' (may be NULL) says which. Damage can be such that Xapian itself crashes
 * here: check foreign databases in a child process. */
bool xap_check(const char *path, size_t *faults, char **report, struct xap_error *err);

/* ---- queries ----------------------------------------------------------- */

struct xap_query;

enum xap_op {
    XAP_AND,
    XAP_OR,
    XAP_AND_NOT,
    XAP_XOR,
    XAP_AND_MAYBE,
    XAP_FILTER,
    XAP_SYNONYM,
    XAP_MAX,
    XAP_ELITE_SET, /* parameter: size of the set */
    XAP_NEAR,      /* parameter: window, in positions; parts are terms */
    XAP_PHRASE,    /* likewise, in this order */
};

bool xap_query_term(const char *term, uint32_t wqf, uint32_t position, struct xap_query **out,
                    struct xap_error *err);
bool xap_query_all(struct xap_query **out, struct xap_error *err);
bool xap_query_nothing(struct xap_query **out, struct xap_error *err);
/* Joins 'count' parts, any number. Takes the parts (not the array), freed on failure
 * too; a NULL part makes the call fail with XAP_INVALID_ARGUMENT, so that a chain of
 * calls needs one check at its end. */
bool xap_query_join_take(enum xap_op op, struct xap_query *const *parts, size_t count,
                         uint32_t parameter, struct xap_query **out, struct xap_error *err);
/* The weight of 'part' times 'factor' (>= 0). Takes the part. */
bool xap_query_scale_take(struct xap_query *part, double factor, struct xap_query **out,
                          struct xap_error *err);
/* All terms that start with 'prefix'; more than 'max_terms' of them (0: no limit)
 * is XAP_LIMIT when the query is run. 'combiner': XAP_SYNONYM, XAP_OR or XAP_MAX. */
bool xap_query_wildcard(const char *prefix, uint32_t max_terms, enum xap_op combiner,
                        struct xap_query **out, struct xap_error *err);
/* begin <= value <= end, as bytes; NULL for an open end. A document without a value is in
 * no range but the one with both ends open, which is every document. */
bool xap_query_value_range(uint32_t slot, const char *begin, size_t begin_size, const char *end,
                           size_t end_size, struct xap_query **out, struct xap_error *err);

/* A set of documents that the caller keeps. 'next' returns the first docid of the
 * set that is at least 'from', or 0 where there is none. The set's weight is 0.
 * 'context' must live as long as the query, and all made from it, does.
 * For single databases only, like spies and deciders: over several, Xapian gives the docid
 * within one of them and not which, so that setting any of the three is XAP_UNIMPLEMENTED. */
struct xap_docid_source {
    uint32_t (*next)(void *context, uint32_t from);
    void *context;
    uint32_t count; /* documents in the set: exact, it bounds the matcher's estimates */
};
bool xap_query_docids(const struct xap_docid_source *source, struct xap_query **out,
                      struct xap_error *err);

/* The query as Xapian prints it; the caller frees. */
bool xap_query_describe(const struct xap_query *query, char **out, struct xap_error *err);
bool xap_query_copy(const struct xap_query *query, struct xap_query **out, struct xap_error *err);
void xap_query_free(struct xap_query *query);

/* ---- enquire: running a query ------------------------------------------ */

struct xap_enquire;

enum xap_weighting {
    XAP_BM25,      /* k1, k2, k3, b, min_normlen: 1, 0, 1, 0.5, 0.5 */
    XAP_BM25_PLUS, /* the same and delta: 1 */
    XAP_TRAD,      /* k: 1 */
    XAP_LM,        /* unigram language model, Xapian's defaults */
    XAP_TF_IDF,    /* "ntn" */
    XAP_PL2,       /* c: 1 */
    XAP_DPH,
    XAP_COORD,   /* the number of matching terms */
    XAP_BOOLEAN, /* no weights */
};

enum xap_docid_order { XAP_ASCENDING, XAP_DESCENDING, XAP_DONT_CARE };

bool xap_enquire_new(const struct xap_db *db, struct xap_enquire **out, struct xap_error *err);
void xap_enquire_free(struct xap_enquire *enquire);
/* Copies the query. 'length' is the query's length, 0 for its own. */
bool xap_enquire_set_query(struct xap_enquire *enquire, const struct xap_query *query,
                           uint32_t length, struct xap_error *err);
/* 'parameters' in the order given above, 'count' of them or 0 for the defaults. */
bool xap_enquire_set_weighting(struct xap_enquire *enquire, enum xap_weighting scheme,
                               const double *parameters, size_t count, struct xap_error *err);
bool xap_enquire_set_docid_order(struct xap_enquire *enquire, enum xap_docid_order order,
                                 struct xap_error *err);
bool xap_enquire_sort_by_relevance(struct xap_enquire *enquire, struct xap_error *err);
bool xap_enquire_sort_by_value(struct xap_enquire *enquire, uint32_t slot, bool descending,
                               struct xap_error *err);
bool xap_enquire_sort_by_value_then_relevance(struct xap_enquire *enquire, uint32_t slot,
                                              bool descending, struct xap_error *err);
bool xap_enquire_sort_by_relevance_then_value(struct xap_enquire *enquire, uint32_t slot,
                                              bool descending, struct xap_error *err);
/* At most 'max' documents of each value in 'slot'; XAP_NO_SLOT for no collapsing. */
bool xap_enquire_set_collapse(struct xap_enquire *enquire, uint32_t slot, uint32_t max,
                              struct xap_error *err);
bool xap_enquire_set_cutoff(struct xap_enquire *enquire, int percent, double weight,
                            struct xap_error *err);

/* Called for each document the matcher sees. A callback cannot change the enquire that
 * calls it: XAP_INVALID_ARGUMENT. */
typedef void xap_spy(void *context, uint32_t docid, double weight);
/* Says whether a document that matches is wanted. */
typedef bool xap_decider(void *context, uint32_t docid);

bool xap_enquire_add_spy(struct xap_enquire *enquire, xap_spy *spy, void *context,
                         struct xap_error *err);
bool xap_enquire_clear_spies(struct xap_enquire *enquire, struct xap_error *err);
/* NULL for none. */
bool xap_enquire_set_decider(struct xap_enquire *enquire, xap_decider *decider, void *context,
                             struct xap_error *err);

struct xap_match {
    uint32_t docid;
    uint32_t rank; /* from 0, over all matches */
    double weight;
    int percent;
    uint32_t collapse_count; /* at least so many more with the same collapse value */
};

struct xap_matches {
    struct xap_match *items; /* freed by xap_matches_clear */
    size_t count;
    uint32_t lower, estimated, upper; /* bounds of the number of matches */
    double max_possible, max_attained;
};

/* Runs the query: matches number 'first' (from 0) to 'first' + 'max' - 1. The bounds
 * are exact where 'check_at_least' covers all matches. Fills '*out', which must be
 * zeroed or cleared. */
bool xap_enquire_run(struct xap_enquire *enquire, uint32_t first, uint32_t max,
                     uint32_t check_at_least, struct xap_matches *out, struct xap_error *err);
void xap_matches_clear(struct xap_matches *matches);
/* The terms of the query that match the document, in query order, as a cursor (freq 1; it
 * cannot be skipped). */
bool xap_terms_open_matching(const struct xap_enquire *enquire, uint32_t docid,
                             struct xap_terms **out, struct xap_error *err);

struct xap_expansion {
    char *term; /* freed by xap_expansions_free */
    double weight;
};
/* Terms that tell the given (relevant) documents from the rest, best first. 'accept'
 * (may be NULL) says which terms to consider. */
bool xap_enquire_expand(struct xap_enquire *enquire, const uint32_t *docids, size_t docid_count,
                        uint32_t max, bool (*accept)(void *context, const char *term),
                        void *context, struct xap_expansion **out, size_t *count,
                        struct xap_error *err);
void xap_expansions_free(struct xap_expansion *expansions, size_t count);

/* ---- stemmers ---------------------------------------------------------- */

struct xap_stemmer;

/* 'language' is an English name or ISO 639 code; "none" leaves words as they are. */
bool xap_stemmer_new(const char *language, struct xap_stemmer **out, struct xap_error *err);
void xap_stemmer_free(struct xap_stemmer *stemmer);
/* The stem of a folded (tokenizer.h) UTF-8 word into 'out', NUL-terminated; '*size' (may be
 * NULL) is its length. XAP_INVALID_ARGUMENT where 'room' is too small. */
bool xap_stemmer_stem(struct xap_stemmer *stemmer, const char *word, size_t word_size, char *out,
                      size_t room, size_t *size, struct xap_error *err);
/* Whether every stem begins with the first letter of its word, where the word has no accents:
 * true only of stemmers of which that is known. */
bool xap_stemmer_keeps_beginnings(const struct xap_stemmer *stemmer);
/* The languages there are, separated by spaces; the caller frees. */
bool xap_stemmer_languages(char **out, struct xap_error *err);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
