/* sentence.h: the sentence that some bytes of a text stand in, to show with a name. */
#ifndef SITREP_SENTENCE_H
#define SITREP_SENTENCE_H

#include <stddef.h>

/* Characters of it on either side are kept up to about so many bytes. */
#define SENTENCE_SIDE 120u

/* The sentence around bytes [begin, end) of a text, on one line, what was cut off marked by
 * an ellipsis. A malloc()ed string; NULL out of memory. */
char *sentence_around(const char *text, size_t size, size_t begin, size_t end);

#endif
