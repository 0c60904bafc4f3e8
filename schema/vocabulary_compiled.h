/* vocabulary_compiled.h: a vocabulary as one file that is mapped instead of read.
 *
 * The file is made from the text when an index is built, and lies beside the copy of it in the
 * generation. It holds no pointer: strings have offsets and concepts have numbers. What is never
 * pointed to from a struct of vocabulary.h (strings, the gazetteer) is used as it lies in the
 * file, and shared by all processes that map it. All of it is checked first, so that a file of
 * any bytes is either refused or safe to use. The file must not be written to while it is open.
 */
#ifndef SITREP_VOCABULARY_COMPILED_H
#define SITREP_VOCABULARY_COMPILED_H

#include "schema/buffer.h"
#include "schema/vocabulary.h"

/* Appends the file's bytes. False with ERROR_MEMORY or, past 4 GB of strings, ERROR_LIMIT. */
bool vocabulary_compile(const struct vocabulary *vocabulary, struct buffer *out, struct error *err);
/* Maps a file that was compiled from the text of that hash. '*out' is NULL where there is no such
 * file, or one that another version of this program or another kind of machine made: then
 * the text must be read. ERROR_CORRUPT where the file is damaged, or of another text. */
bool vocabulary_map(const char *path, const char *hash, struct vocabulary **out, struct error *err);

#endif
