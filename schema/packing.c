#include "schema/packing.h"

#include <stdlib.h>
#include <zstd.h>

#include "schema/limits.h"
#include "xapian/xap.h"

/* Measured on 50,554 reports of 2.3 KB: level 3 packs to 30.6 % at 270 MB/s, level 6 to 29.0 %
 * at 76, level 12 to 27.0 % at 29. The rest of the indexer needs about 0.27 s of CPU a MB. */
#define LEVEL 3
/* A frame that says it holds more is damaged: tags and evidence are less than the text. */
#define UNPACKED_MAX (4ull * LIMIT_REPORT_BYTES)

struct packing {
    ZSTD_CCtx *packer;
    ZSTD_DCtx *unpacker;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory for the texts of reports");
}

bool packing_new(const char *dictionary, size_t size, struct packing **out, struct error *err)
{
    struct packing *packing = calloc(1, sizeof *packing);
    if (!packing)
        return no_memory(err);
    packing->packer = ZSTD_createCCtx();
    packing->unpacker = ZSTD_createDCtx();
    bool ok =
        packing->packer && packing->unpacker &&
        !ZSTD_isError(ZSTD_CCtx_setParameter(packing->packer, ZSTD_c_compressionLevel, LEVEL)) &&
        !ZSTD_isError(ZSTD_CCtx_loadDictionary(packing->packer, dictionary, size)) &&
        !ZSTD_isError(ZSTD_DCtx_loadDictionary(packing->unpacker, dictionary, size));
    if (!ok) {
        packing_free(packing);
        return no_memory(err);
    }
    *out = packing;
    return true;
}

bool packing_of(const struct xap_db *db, struct packing **out, struct error *err)
{
    struct xap_error fault = {0};
    char *dictionary = NULL;
    size_t size = 0;
    if (!xap_db_metadata(db, PACKING_KEY, &dictionary, &size, &fault))
        return error_set_xapian(err, NULL, &fault);
    bool ok = packing_new(dictionary, size, out, err);
    free(dictionary);
    return ok;
}

void packing_free(struct packing *packing)
{
    if (!packing)
        return;
    ZSTD_freeCCtx(packing->packer);
    ZSTD_freeDCtx(packing->unpacker);
    free(packing);
}

bool packing_pack(struct packing *packing, const char *bytes, size_t size, struct buffer *out,
                  struct error *err)
{
    if (!array_reserve(&out->bytes, &out->room, ZSTD_compressBound(size), 1))
        return no_memory(err);
    size_t used = ZSTD_compress2(packing->packer, out->bytes, out->room, bytes, size);
    if (ZSTD_isError(used))
        return error_set(err, ERROR_MEMORY, NULL, "a report cannot be packed: %s",
                         ZSTD_getErrorName(used));
    out->size = used;
    return true;
}

bool packing_unpack(struct packing *packing, const char *bytes, size_t size, char **out,
                    size_t *out_size, struct error *err)
{
    /* Its two errors are larger than any size. */
    unsigned long long claimed = ZSTD_getFrameContentSize(bytes, size);
    if (claimed > UNPACKED_MAX)
        return error_set(err, ERROR_CORRUPT, NULL,
                         "a stored report is damaged; check the index with: sitrep-index check");
    char *plain = malloc((size_t)claimed + 1);
    if (!plain)
        return no_memory(err);
    size_t used = ZSTD_decompressDCtx(packing->unpacker, plain, (size_t)claimed, bytes, size);
    if (ZSTD_isError(used) || used != claimed) {
        free(plain);
        return error_set(err, ERROR_CORRUPT, NULL,
                         "a stored report is damaged (%s); check the index with: sitrep-index "
                         "check",
                         ZSTD_isError(used) ? ZSTD_getErrorName(used) : "its size is wrong");
    }
    plain[used] = '\0';
    *out = plain;
    *out_size = used;
    return true;
}
