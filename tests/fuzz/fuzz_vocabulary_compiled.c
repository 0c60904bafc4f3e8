/* A compiled vocabulary of any bytes is refused, left alone or mapped, and then names are found
 * in a text without a read past its end. The input is the file, or where it begins with 'E' edits
 * of a sound one, of 8 bytes each: offset, mask that is xored into the 4 bytes there. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "indexer/extraction.h"
#include "schema/gazetteer.h"
#include "schema/vocabulary_compiled.h"
#include "tests/fuzz/fuzz.h"

enum { AT_HASH = 24, HASH_DIGITS = 64 };

static const struct buffer *sound_file(void)
{
    static struct buffer bytes;
    struct vocabulary *vocabulary;
    struct error err = {.code = ERROR_NONE};
    if (!bytes.bytes) {
        FUZZ_CHECK(vocabulary_open(FUZZ_VOCABULARY, &vocabulary, &err) &&
                   vocabulary_compile(vocabulary, &bytes, &err));
        vocabulary_close(vocabulary);
    }
    return &bytes;
}

static void edit(struct buffer *file, const uint8_t *edits, size_t size)
{
    const struct buffer *sound = sound_file();
    buffer_append(file, sound->bytes, sound->size);
    for (; size >= 8; edits += 8, size -= 8) {
        uint32_t offset, mask, word;
        memcpy(&offset, edits, sizeof offset);
        memcpy(&mask, edits + 4, sizeof mask);
        char *at = file->bytes + offset % (sound->size - sizeof word + 1);
        memcpy(&word, at, sizeof word);
        word ^= mask;
        memcpy(at, &word, sizeof word);
    }
}

static void look_up_all(const struct vocabulary *vocabulary)
{
    const struct concept *above[4];
    for (int type = MENTION_ACTOR; type <= MENTION_REGION; type++) {
        for (size_t i = 0; i < vocabulary_count(vocabulary, (enum mention_kind)type); i++) {
            const struct concept *concept = vocabulary_at(vocabulary, (enum mention_kind)type, i);
            vocabulary_find(vocabulary, concept->type, concept->id);
            vocabulary_find_name(vocabulary, concept->type, concept->names[0].text);
            vocabulary_ancestors(concept, above, 4);
        }
    }
}

static void extract(const struct vocabulary *vocabulary)
{
    static char body[] = "BAMAKO, Nov 15 - Islamic State fighters in the Greater Sahara (ISGS) "
                         "attacked Gao, Mali. Malian armed forces and JNIM met near Ansongo, and "
                         "Georgia, Niger and the Paris Agreement were named in Jordan.";
    struct extraction *extraction;
    struct error err = {.code = ERROR_NONE};
    struct report report = {.day = 19000, .body = body, .body_size = sizeof body - 1};
    FUZZ_CHECK(extraction_open(vocabulary, NULL, &extraction, &err));
    FUZZ_CHECK(extraction_run(extraction, &report, &err));
    report.body = NULL;
    report_clear(&report);
    extraction_close(extraction);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/sitrep-fuzz-XXXXXX", hash[HASH_DIGITS + 1] = "";
    struct buffer bytes = {0};
    struct vocabulary *vocabulary = NULL;
    struct error err = {.code = ERROR_NONE};
    if (size > 0 && data[0] == 'E')
        edit(&bytes, data + 1, size - 1);
    else
        buffer_append(&bytes, (const char *)data, size);
    if (bytes.size >= AT_HASH + HASH_DIGITS)
        memcpy(hash, bytes.bytes + AT_HASH, HASH_DIGITS);
    int file = mkstemp(path);
    FUZZ_CHECK(file >= 0 && write(file, bytes.bytes, bytes.size) == (ssize_t)bytes.size);
    close(file);
    if (!vocabulary_map(path, hash, &vocabulary, &err))
        FUZZ_CHECK(err.code == ERROR_CORRUPT && err.text[0]);
    if (vocabulary) {
        look_up_all(vocabulary);
        extract(vocabulary);
    }
    vocabulary_close(vocabulary);
    buffer_free(&bytes);
    unlink(path);
    return 0;
}
