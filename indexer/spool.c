#include "indexer/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/likeness.h"
#include "schema/buffer.h"

struct key {
    uint64_t offset;  /* in the file; grows with every append */
    uint64_t id_hash; /* equal for equal ids */
    uint32_t size;
    day_t day;
    uint32_t same; /* number of the earliest with nearly the same text, SAME_NONE for no other */
    bool replaced;
    struct likeness likeness;
};

#define SAME_NONE UINT32_MAX

struct spool {
    char *path;
    FILE *file; /* for appending */
    struct key *keys;
    size_t count, room;
    uint64_t end;         /* of the file */
    struct buffer record; /* the one being appended */
};

/* A record is its head, then strings: where, origin, and what the hash covers: id, title,
 * body, source, url, language, and the given tags. */
struct head {
    uint64_t faq_begin, sources_begin;
    uint32_t given_count;
    day_t day;
    uint32_t title_derived; /* 0 or 1 */
    unsigned char hash[SPOOL_HASH_BYTES];
};

#define STRING_ABSENT UINT32_MAX

bool spool_open(const char *path, struct spool **out, struct error *err)
{
    struct spool *spool = calloc(1, sizeof *spool);
    char *copy = strdup(path);
    if (!spool || !copy) {
        free(spool);
        free(copy);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    spool->path = copy;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    spool->file = fd < 0 ? NULL : fdopen(fd, "r+");
    if (!spool->file) {
        error_set_errno(err, ERROR_CREATE, path, "cannot be created");
        if (fd >= 0)
            close(fd);
        spool_close(spool);
        return false;
    }
    setvbuf(spool->file, NULL, _IOFBF, 1u << 20);
    *out = spool;
    return true;
}

/* ---- from one process to another ---------------------------------------- */

/* Stands in front of the keys. */
struct keys_head {
    uint64_t count, end;
    uint32_t key_bytes, order; /* of this machine and program */
};

#define BYTE_ORDER_MARK 0x01020304u

static bool write_keys(const struct spool *spool, FILE *file)
{
    struct keys_head head = {spool->count, spool->end, sizeof *spool->keys, BYTE_ORDER_MARK};
    return fwrite(&head, sizeof head, 1, file) == 1 &&
           (spool->count == 0 ||
            fwrite(spool->keys, sizeof *spool->keys, spool->count, file) == spool->count) &&
           fflush(file) == 0 && fsync(fileno(file)) == 0;
}

bool spool_save(struct spool *spool, struct error *err)
{
    char *path;
    if (asprintf(&path, "%s.keys", spool->path) < 0)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    FILE *file = fopen(path, "we");
    bool ok = file || error_set_errno(err, ERROR_CREATE, path, "cannot be created");
    if (ok && (fsync(fileno(spool->file)) != 0 || !write_keys(spool, file)))
        ok = error_set_errno(err, ERROR_IO, path, "cannot be written");
    if (file)
        fclose(file);
    free(path);
    return ok;
}

/* Reads the keys of a spool whose file is open. */
static bool read_keys(struct spool *spool, FILE *keys)
{
    struct keys_head head;
    struct stat status;
    if (fread(&head, sizeof head, 1, keys) != 1 || head.key_bytes != sizeof *spool->keys ||
        head.order != BYTE_ORDER_MARK || fstat(fileno(spool->file), &status) != 0 ||
        (uint64_t)status.st_size != head.end ||
        !array_reserve(&spool->keys, &spool->room, head.count + 1, sizeof *spool->keys))
        return false;
    spool->count = fread(spool->keys, sizeof *spool->keys, head.count, keys);
    spool->end = head.end;
    return spool->count == head.count && fgetc(keys) == EOF;
}

bool spool_load(const char *path, struct spool **out, struct error *err)
{
    struct spool *spool = calloc(1, sizeof *spool);
    char *keys_path = NULL;
    if (!spool || !(spool->path = strdup(path)) || asprintf(&keys_path, "%s.keys", path) < 0) {
        spool_close(spool);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    spool->file = fopen(path, "re");
    FILE *keys = fopen(keys_path, "re");
    bool ok = (spool->file && keys && read_keys(spool, keys)) ||
              error_set(err, ERROR_CORRUPT, path, "is not as it was written");
    if (keys)
        fclose(keys);
    free(keys_path);
    if (ok)
        *out = spool;
    else
        spool_close(spool);
    return ok;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    if (spool->file)
        fclose(spool->file);
    buffer_free(&spool->record);
    free(spool->keys);
    free(spool->path);
    free(spool);
}

static void put_string(struct buffer *to, const char *text)
{
    uint32_t size = text ? (uint32_t)strlen(text) : STRING_ABSENT;
    buffer_append(to, (const char *)&size, sizeof size);
    if (text)
        buffer_append(to, text, size);
}

/* 64 bits that equal texts share (FNV-1a); what has equal bits is compared in full. */
static uint64_t hash_id(const char *id)
{
    uint64_t hash = 14695981039346656037u;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 1099511628211u;
    return hash;
}

/* Appends what the hash covers, and gives the hash; 'to' fails out of memory. */
static void put_covered(struct buffer *to, const struct report *report,
                        unsigned char out[SPOOL_HASH_BYTES])
{
    size_t begin = to->size;
    buffer_append(to, (const char *)&report->day, sizeof report->day);
    put_string(to, report->id);
    put_string(to, report->title);
    put_string(to, report->body);
    put_string(to, report->source);
    put_string(to, report->url);
    put_string(to, report->language);
    for (size_t i = 0; i < report->given_count; i++) {
        buffer_char(to, (char)report->given[i].kind);
        put_string(to, report->given[i].text);
    }
    if (to->failed)
        return;
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)to->bytes + begin, to->size - begin, hash);
    memcpy(out, hash, SPOOL_HASH_BYTES);
}

bool spool_hash(const struct report *report, unsigned char out[SPOOL_HASH_BYTES], struct error *err)
{
    struct buffer covered = {0};
    put_covered(&covered, report, out);
    bool ok = !covered.failed || error_set(err, ERROR_MEMORY, report->id, "out of memory");
    buffer_free(&covered);
    return ok;
}

/* Writes the record into spool->record. */
static void encode(struct spool *spool, const struct report *report, const char *where)
{
    struct buffer *record = &spool->record;
    struct head head;
    memset(&head, 0, sizeof head); /* padding goes into the file */
    head.faq_begin = report->faq_begin;
    head.sources_begin = report->sources_begin;
    head.given_count = (uint32_t)report->given_count;
    head.day = report->day;
    head.title_derived = report->title_derived ? 1 : 0;
    buffer_reset(record);
    buffer_append(record, (const char *)&head, sizeof head);
    put_string(record, where);
    put_string(record, report->origin);
    unsigned char hash[SPOOL_HASH_BYTES];
    put_covered(record, report, hash);
    if (!record->failed)
        memcpy(record->bytes + offsetof(struct head, hash), hash, sizeof hash);
}

bool spool_append(struct spool *spool, const struct report *report, const char *where,
                  struct error *err)
{
    encode(spool, report, where);
    if (spool->record.failed ||
        !array_reserve(&spool->keys, &spool->room, spool->count + 1, sizeof *spool->keys))
        return error_set(err, ERROR_MEMORY, spool->path, "out of memory");
    if (fwrite(spool->record.bytes, 1, spool->record.size, spool->file) != spool->record.size)
        return error_set_errno(err, ERROR_IO, spool->path, "cannot be written");
    struct key *key = &spool->keys[spool->count++];
    *key = (struct key){.offset = spool->end,
                        .id_hash = hash_id(report->id),
                        .size = (uint32_t)spool->record.size,
                        .day = report->day,
                        .same = SAME_NONE};
    likeness_of(report->body, report->body_size, &key->likeness);
    spool->end += spool->record.size;
    return true;
}

/* ---- reading ------------------------------------------------------------ */

struct cursor {
    const char *at, *end;
    bool failed; /* what was read last is not there */
};

static void get(struct cursor *cursor, void *out, size_t size)
{
    if (cursor->failed || (size_t)(cursor->end - cursor->at) < size) {
        cursor->failed = true;
        memset(out, 0, size);
        return;
    }
    memcpy(out, cursor->at, size);
    cursor->at += size;
}

/* A string of the record, not copied; NULL where it is absent. */
static const char *get_bytes(struct cursor *cursor, uint32_t *size)
{
    get(cursor, size, sizeof *size);
    if (cursor->failed || *size == STRING_ABSENT)
        return NULL;
    if ((size_t)(cursor->end - cursor->at) < *size) {
        cursor->failed = true;
        return NULL;
    }
    const char *bytes = cursor->at;
    cursor->at += *size;
    return bytes;
}

static char *get_string(struct cursor *cursor)
{
    uint32_t size;
    const char *bytes = get_bytes(cursor, &size);
    char *copy = bytes ? strndup(bytes, size) : NULL;
    if (bytes && !copy)
        cursor->failed = true;
    return copy;
}

static void get_given(struct cursor *cursor, struct report *out, uint32_t count)
{
    for (uint32_t i = 0; i < count && !cursor->failed; i++) {
        char kind;
        get(cursor, &kind, 1);
        char *text = get_string(cursor);
        if (!text || !report_add_given(out, (enum mention_kind)kind, text, NULL))
            cursor->failed = true;
        free(text);
    }
}

static void decode(struct cursor *cursor, struct report *out, struct spool_note *note)
{
    struct head head;
    get(cursor, &head, sizeof head);
    memcpy(note->hash, head.hash, SPOOL_HASH_BYTES);
    char *where = get_string(cursor);
    snprintf(note->where, sizeof note->where, "%s", where ? where : "");
    free(where);
    out->origin = get_string(cursor);
    get(cursor, &out->day, sizeof out->day);
    out->id = get_string(cursor);
    out->title = get_string(cursor);
    out->title_derived = head.title_derived != 0;
    out->body = get_string(cursor);
    out->body_size = out->body ? strlen(out->body) : 0;
    out->faq_begin = head.faq_begin;
    out->sources_begin = head.sources_begin;
    out->source = get_string(cursor);
    out->url = get_string(cursor);
    out->language = get_string(cursor);
    get_given(cursor, out, head.given_count);
}

/* Reads a record's bytes. */
static bool load(const struct spool *spool, const struct key *key, char *bytes, struct error *err)
{
    for (size_t got = 0; got < key->size;) {
        ssize_t n =
            pread(fileno(spool->file), bytes + got, key->size - got, (off_t)(key->offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, ERROR_IO, spool->path, "cannot be read");
        if (n == 0)
            return error_set(err, ERROR_IO, spool->path, "is shorter than it was written");
        got += (size_t)n;
    }
    return true;
}

static bool read_record(const struct spool *spool, size_t i, struct report *out,
                        struct spool_note *note, struct error *err)
{
    const struct key *key = &spool->keys[i];
    char *bytes = malloc(key->size);
    if (!bytes)
        return error_set(err, ERROR_MEMORY, spool->path, "out of memory");
    struct report report = {0};
    struct cursor cursor = {.at = bytes, .end = bytes + key->size};
    bool ok = load(spool, key, bytes, err);
    if (ok) {
        decode(&cursor, &report, note);
        ok = !cursor.failed ||
             error_set(err, ERROR_INTERNAL, spool->path, "report %zu cannot be read back", i);
    }
    free(bytes);
    if (ok)
        *out = report;
    else
        report_clear(&report);
    return ok;
}

bool spool_read(const struct spool *spool, size_t i, struct report *out, struct spool_note *note,
                struct error *err)
{
    uint32_t same = spool->keys[i].same;
    struct report first = {0};
    struct spool_note first_note;
    if (!read_record(spool, i, out, note, err))
        return false;
    if (same == SAME_NONE)
        return true;
    bool ok = same == i || read_record(spool, same, &first, &first_note, err);
    if (ok) {
        out->same = strdup(same == i ? out->id : first.id);
        ok = out->same || error_set(err, ERROR_MEMORY, spool->path, "out of memory");
    }
    report_clear(&first);
    if (!ok)
        report_clear(out);
    return ok;
}

bool spool_sample(const struct spool *spool, size_t most, spool_taker *take, void *context,
                  struct error *err)
{
    size_t sample = spool->count < most ? spool->count : most;
    bool ok = true;
    for (size_t i = 0; ok && i < sample; i++) {
        struct report report = {0};
        struct spool_note note;
        ok = spool_read(spool, i * spool->count / sample, &report, &note, err) &&
             take(context, &report, err);
        report_clear(&report);
    }
    return ok;
}

struct spool_same spool_count_same(const struct spool *spool)
{
    struct spool_same count = {0};
    for (size_t i = 0; i < spool->count; i++) {
        count.reports += spool->keys[i].same != SAME_NONE;
        count.texts += spool->keys[i].same == i;
    }
    return count;
}

size_t spool_count(const struct spool *spool)
{
    return spool->count;
}

size_t spool_size(const struct spool *spool, size_t i)
{
    return spool->keys[i].size;
}

/* ---- order -------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_id(const void *a, const void *b)
{
    const struct key *left = a, *right = b;
    int order = compare(left->id_hash, right->id_hash);
    return order ? order : compare(left->offset, right->offset);
}

static int by_day(const void *a, const void *b)
{
    const struct key *left = a, *right = b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return compare(left->offset, right->offset);
}

/* Of keys whose ids have one hash, marks those that the last of their very id replaces. */
static bool replace_run(struct spool *spool, size_t begin, size_t end, spool_replaced *replaced,
                        void *context, struct error *err)
{
    for (size_t last = end; last-- > begin + 1;) {
        if (spool->keys[last].replaced)
            continue;
        struct report winner = {0};
        struct spool_note winner_note;
        if (!read_record(spool, last, &winner, &winner_note, err))
            return false;
        for (size_t i = begin; i < last; i++) {
            struct report report = {0};
            struct spool_note note;
            if (spool->keys[i].replaced)
                continue;
            if (!read_record(spool, i, &report, &note, err)) {
                report_clear(&winner);
                return false;
            }
            if (strcmp(report.id, winner.id) == 0) {
                struct error why = {0};
                error_set(&why, ERROR_DATA, note.where,
                          "replaced by a later report of the same id ('%.80s' in %s)", winner.id,
                          winner_note.where);
                spool->keys[i].replaced = true;
                replaced(context, &why);
            }
            report_clear(&report);
        }
        report_clear(&winner);
    }
    return true;
}

/* Numbers for each report the earliest with nearly the same text; alone, it has none. */
static bool find_same(struct spool *spool, struct error *err)
{
    struct key *keys = spool->keys;
    uint32_t *groups = calloc(spool->count, sizeof *groups);
    bool ok = groups ? likeness_group(&keys->likeness, sizeof *keys, spool->count, groups, err)
                     : error_set(err, ERROR_MEMORY, spool->path, "out of memory");
    for (size_t i = 0; ok && i < spool->count; i++)
        if (groups[i] != i)
            keys[i].same = keys[groups[i]].same = groups[i];
    free(groups);
    return ok;
}

bool spool_sort(struct spool *spool, spool_replaced *replaced, void *context, struct error *err)
{
    if (fflush(spool->file) != 0)
        return error_set_errno(err, ERROR_IO, spool->path, "cannot be written");
    if (spool->count == 0)
        return true;
    qsort(spool->keys, spool->count, sizeof *spool->keys, by_id);
    for (size_t begin = 0, end; begin < spool->count; begin = end) {
        for (end = begin + 1; end < spool->count; end++)
            if (spool->keys[end].id_hash != spool->keys[begin].id_hash)
                break;
        if (end - begin > 1 && !replace_run(spool, begin, end, replaced, context, err))
            return false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < spool->count; i++)
        if (!spool->keys[i].replaced)
            spool->keys[kept++] = spool->keys[i];
    spool->count = kept;
    qsort(spool->keys, spool->count, sizeof *spool->keys, by_day);
    return find_same(spool, err);
}
