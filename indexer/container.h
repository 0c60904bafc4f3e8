/* container.h: archives (tar, zip) and compressed files (gzip, bzip2, xz, zstd), their members
 * one after the other, as they stream by: nothing is unpacked to disk, and no more than a
 * buffer to memory. libarchive does it.
 *
 * A container stands for the folder or the file that was packed: 2023/wire.tar.gz for 2023/wire,
 * and a.jsonl.gz for a.jsonl, so that a member's origin is the same before and after packing.
 */
#ifndef SITREP_CONTAINER_H
#define SITREP_CONTAINER_H

#include <stdbool.h>

#include "indexer/corpus.h"
#include "indexer/input.h"

struct container;

/* Whether a file that begins so, or has such a name, is one. */
bool container_recognize(struct input *input, const char *path);

/* Opens the container that 'file' names and 'input' has the bytes of; both are borrowed. 'outer'
 * is the one that it is a member of, or NULL. */
bool container_open(const struct corpus_item *file, struct input *input, struct container *outer,
                    struct container **out, struct error *err);
void container_close(struct container *container);

/* The next member, as corpus_next gives files: its path is "CONTAINER/MEMBER". It is read from
 * '*input', which is NULL where there is nothing to read, and borrowed until the next call like
 * the item. Links, devices and the like are passed over; names that begin with a dot without a
 * word. NULL at the end. What is damaged, or past one of the limits of archives, is one
 * item with a failure, and the end. */
const struct corpus_item *container_next(struct container *container, struct input **input);

#endif
