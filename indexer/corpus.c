#include "indexer/corpus.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct corpus {
    const char *const *paths;
    size_t count, at; /* the path after the one that 'walk' is in */
    FTS *walk;        /* of one path, NULL between paths */
    size_t root_size; /* bytes of that path in front of an origin */
    struct corpus_item item;
};

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static const char *file_kind(mode_t mode)
{
    if (S_ISLNK(mode))
        return "a symbolic link, which is followed only where it is named";
    if (S_ISFIFO(mode))
        return "a FIFO; use - to read standard input";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

static const struct corpus_item *fail(struct corpus *corpus, const char *path, int number)
{
    corpus->item = (struct corpus_item){.path = path, .origin = path};
    errno = number;
    error_set_errno(&corpus->item.failure, ERROR_NO_INPUT, path, "cannot be read");
    return &corpus->item;
}

/* What one step of the walk is to the caller; NULL for nothing. */
static const struct corpus_item *visit(struct corpus *corpus, FTSENT *entry)
{
    bool named = entry->fts_level == FTS_ROOTLEVEL;
    if (!named && entry->fts_name[0] == '.') {
        fts_set(corpus->walk, entry, FTS_SKIP);
        return NULL;
    }
    struct corpus_item *item = &corpus->item;
    *item = (struct corpus_item){.path = entry->fts_path, .named = named};
    item->origin = named ? entry->fts_name : entry->fts_path + corpus->root_size;
    switch (entry->fts_info) {
    case FTS_D:
        if (named) {
            corpus->root_size = entry->fts_pathlen;
            if (entry->fts_path[entry->fts_pathlen - 1] != '/')
                corpus->root_size++;
        }
        return NULL;
    case FTS_DP:
    case FTS_DOT:
        return NULL;
    case FTS_F:
        return item;
    case FTS_DC:
        item->skipped = "a directory that contains itself";
        return item;
    case FTS_SL:
    case FTS_DEFAULT:
        item->skipped = file_kind(entry->fts_statp->st_mode);
        return item;
    default: /* FTS_DNR, FTS_ERR, FTS_NS, FTS_SLNONE */
        return fail(corpus, entry->fts_path, entry->fts_errno ? entry->fts_errno : ENOENT);
    }
}

static void end_walk(struct corpus *corpus)
{
    if (corpus->walk)
        fts_close(corpus->walk);
    corpus->walk = NULL;
}

bool corpus_open(const char *const *paths, size_t count, struct corpus **out, struct error *err)
{
    struct corpus *corpus = calloc(1, sizeof *corpus);
    if (!corpus)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    corpus->paths = paths;
    corpus->count = count;
    *out = corpus;
    return true;
}

void corpus_close(struct corpus *corpus)
{
    if (corpus)
        end_walk(corpus);
    free(corpus);
}

const struct corpus_item *corpus_next(struct corpus *corpus)
{
    for (;;) {
        FTSENT *entry;
        while (corpus->walk && (errno = 0, entry = fts_read(corpus->walk)) != NULL) {
            const struct corpus_item *item = visit(corpus, entry);
            if (item)
                return item;
        }
        int broken = corpus->walk ? errno : 0;
        end_walk(corpus);
        if (broken)
            return fail(corpus, corpus->paths[corpus->at - 1], broken);
        if (corpus->at == corpus->count)
            return NULL;
        const char *path = corpus->paths[corpus->at++];
        if (strcmp(path, "-") == 0) {
            corpus->item = (struct corpus_item){.path = path, .origin = path, .named = true};
            return &corpus->item;
        }
        char *roots[] = {(char *)(size_t)path, NULL}; /* fts does not write to it */
        corpus->walk = path[0] == '\0'
                           ? NULL
                           : fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
        if (!corpus->walk)
            return fail(corpus, path, path[0] == '\0' ? ENOENT : errno);
    }
}
