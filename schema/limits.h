/* limits.h: every limit that a user can meet, by name.
 *
 * Past one of these comes an error that names it, never a silent cut, unless the
 * comment says that the rest is cut.
 */
#ifndef SITREP_LIMITS_H
#define SITREP_LIMITS_H

/* Reports. */
#define LIMIT_REPORT_BYTES (8u << 20) /* one report, as read */
#define LIMIT_MARKUP_BYTES (4u << 20) /* one report in HTML or Markdown, marks included */
#define LIMIT_TITLE_BYTES  300u       /* a derived title is cut here, at a word */
#define LIMIT_ID_BYTES     200u
#define LIMIT_FIELD_BYTES  2000u  /* source, url, origin */
#define LIMIT_WORD_BYTES   64u    /* a folded word; longer ones are cut here */
#define LIMIT_MENTIONS     20000u /* evidence kept for one report; the rest is cut */
#define LIMIT_TAGS         30000u /* actors, regions or days mentioned, of one report */

/* Archives, all that lies inside of one file together. */
#define LIMIT_ARCHIVE_BYTES   (256ull << 30) /* unpacked */
#define LIMIT_ARCHIVE_RATIO   250u           /* unpacked bytes for one packed byte, past ... */
#define LIMIT_ARCHIVE_FREE    (64ull << 20)  /* ... these unpacked bytes */
#define LIMIT_ARCHIVE_MEMBERS 20000000u
#define LIMIT_ARCHIVE_DEPTH   4u /* archives in archives */

/* The feed. */
#define LIMIT_FEED_BYTES (16u << 20) /* one item */
#define LIMIT_FEED_ITEMS 10000u      /* that wait; one more is to be tried again later */

/* Questions. */
#define LIMIT_QUESTION_BYTES  1024u
#define LIMIT_QUESTION_TERMS  32u
#define LIMIT_ANY_BYTES       4096u /* where any word will do (match=any), a paragraph may be */
#define LIMIT_ANY_WORDS       512u  /* pasted in; all but single words count as terms still */
#define LIMIT_QUESTION_DEPTH  16u
#define LIMIT_PHRASE_WORDS    16u
#define LIMIT_NEAR_WORDS      8u
#define LIMIT_NEAR_WINDOW     100u
#define LIMIT_WILDCARD_PREFIX 3u /* characters before the star, at least */
#define LIMIT_WILDCARD_TERMS  200u
#define LIMIT_FILTERS         64u
#define LIMIT_PAGE_SIZE       100u
#define LIMIT_WINDOW          10000u /* first + size */
#define LIMIT_FACET_VALUES    1000u

/* Serving. */
#define LIMIT_REQUEST_BYTES 8192u /* query string */
#define LIMIT_REQUEST_MS    5000u /* a worker busy for longer is killed */

#endif
