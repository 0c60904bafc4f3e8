/* function_words.h: the words that hold a sentence together and say nothing of its matter. They
 * match as all words do, but where a question has other words they do not weigh.
 */
#ifndef SITREP_FUNCTION_WORDS_H
#define SITREP_FUNCTION_WORDS_H

#include <stdbool.h>

/* Of a folded word, in whichever language it is one. */
bool function_words_have(const char *word);

#endif
