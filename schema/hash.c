#include "schema/hash.h"

#include <openssl/evp.h>
#include <string.h>

static void drop(struct hash *hash)
{
    EVP_MD_CTX_free(hash->digest);
    hash->digest = NULL;
}

void hash_start(struct hash *hash)
{
    hash->digest = EVP_MD_CTX_new();
    if (hash->digest && EVP_DigestInit_ex(hash->digest, EVP_sha256(), NULL) != 1)
        drop(hash);
}

void hash_add(struct hash *hash, const char *bytes, size_t size)
{
    if (hash->digest && EVP_DigestUpdate(hash->digest, bytes, size) != 1)
        drop(hash);
}

bool hash_finish(struct hash *hash, char out[HASH_ROOM])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    bool ok = hash->digest && EVP_DigestFinal_ex(hash->digest, bytes, NULL) == 1;
    drop(hash);
    for (size_t i = 0; ok && i < HASH_ROOM / 2; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[ok ? HASH_ROOM - 1 : 0] = '\0';
    return ok;
}

bool hash_text(const char *bytes, size_t size, char out[HASH_ROOM])
{
    struct hash hash;
    hash_start(&hash);
    hash_add(&hash, bytes, size);
    return hash_finish(&hash, out);
}

bool hash_short(const char *bytes, size_t size, char out[HASH_SHORT_ROOM])
{
    char whole[HASH_ROOM] = "";
    bool is_hashed = hash_text(bytes, size, whole);
    memcpy(out, whole, HASH_SHORT_ROOM - 1);
    out[HASH_SHORT_ROOM - 1] = '\0';
    return is_hashed;
}
