#include "schema/hash.h"

#include <openssl/evp.h>
#include <string.h>

bool hash_text(const char *bytes, size_t size, char out[HASH_ROOM])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    out[0] = '\0';
    if (EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    for (size_t i = 0; i < 32; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[64] = '\0';
    return true;
}

bool hash_short(const char *bytes, size_t size, char out[HASH_SHORT_ROOM])
{
    char whole[HASH_ROOM] = "";
    bool is_hashed = hash_text(bytes, size, whole);
    memcpy(out, whole, HASH_SHORT_ROOM - 1);
    out[HASH_SHORT_ROOM - 1] = '\0';
    return is_hashed;
}
