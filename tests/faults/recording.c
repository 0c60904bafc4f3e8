#include "tests/faults/recording.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "tests/faults/kills.h"

#define BLOCK     4096u
#define NAME_ROOM 256
#define PATH_ROOM 1000
#define ARGUMENTS 6

/* The node that what has no name is in, and the directory itself. */
enum { LIMBO, TOP };

/* A file, directory or link: where it is, by its parent and name. */
struct node {
    size_t parent;
    char name[NAME_ROOM];
};

enum change_of {
    MADE_FILE,
    MADE_DIRECTORY,
    MADE_SYMLINK,
    MADE_LINK,
    MOVED,
    GONE,
    WRITTEN,
    CUT,
    SYNCED
};

struct change {
    enum change_of kind;
    size_t node, parent; /* the directory whose names change */
    size_t other;        /* of MADE_LINK: the node with the same bytes */
    char name[NAME_ROOM];
    size_t offset, size; /* CUT: to this size */
    char *bytes;         /* written, or what a symbolic link says */
};

struct recording {
    char *directory, *before_directory;
    struct change *changes;
    size_t count, room;
    struct node *nodes; /* as the command left them */
    size_t *offsets;    /* where write() goes on, of each node */
    size_t node_count, node_room, offset_room;
    struct node *before; /* as it found them; what it made itself is in limbo */
    size_t before_room;
};

const char *const loss_names[LOSSES] = {"all", "nothing", "bytes", "names", "some"};

/* ---- which file it is --------------------------------------------------- */

static size_t add_node(struct recording *recording, size_t parent, const char *name, bool is_new)
{
    size_t id = recording->node_count++;
    assert_true(
        array_reserve(&recording->nodes, &recording->node_room, id + 1, sizeof *recording->nodes));
    assert_true(array_reserve(&recording->before, &recording->before_room, id + 1,
                              sizeof *recording->before));
    assert_true(array_reserve(&recording->offsets, &recording->offset_room, id + 1,
                              sizeof *recording->offsets));
    recording->nodes[id].parent = parent;
    snprintf(recording->nodes[id].name, NAME_ROOM, "%s", name);
    recording->before[id] = recording->nodes[id];
    if (is_new)
        recording->before[id].parent = LIMBO;
    recording->offsets[id] = 0;
    return id;
}

/* 0 for none. */
static size_t find_child(const struct node *nodes, size_t count, size_t parent, const char *name)
{
    for (size_t id = TOP + 1; id < count; id++)
        if (nodes[id].parent == parent && strcmp(nodes[id].name, name) == 0)
            return id;
    return 0;
}

/* The directory that a path lies in, and its last name; false where it is not below the one that
 * is recorded. */
static bool find_parent(struct recording *recording, const char *path, size_t *parent,
                        char name[NAME_ROOM])
{
    size_t size = strlen(recording->directory);
    if (!path || strncmp(path, recording->directory, size) != 0 || path[size] != '/')
        return false;
    *parent = TOP;
    const char *at = path + size + 1, *slash;
    for (; (slash = strchr(at, '/')) != NULL; at = slash + 1) {
        snprintf(name, NAME_ROOM, "%.*s", (int)(slash - at), at);
        size_t child = find_child(recording->nodes, recording->node_count, *parent, name);
        *parent = child ? child : add_node(recording, *parent, name, false);
    }
    snprintf(name, NAME_ROOM, "%s", at);
    return true;
}

/* 0 where the path is not below the directory. What is not known yet was there before. */
static size_t find_node(struct recording *recording, const char *path)
{
    size_t parent;
    char name[NAME_ROOM];
    if (path && strcmp(path, recording->directory) == 0)
        return TOP;
    if (!find_parent(recording, path, &parent, name))
        return 0;
    size_t node = find_child(recording->nodes, recording->node_count, parent, name);
    return node ? node : add_node(recording, parent, name, false);
}

/* ---- a line of the trace ------------------------------------------------ */

struct argument {
    char *text; /* the bytes of a string, the path of a descriptor, else the word itself */
    size_t size;
};

static int hex(char digit)
{
    return digit >= 'a' ? digit - 'a' + 10 : digit - '0';
}

/* "\x2f\x74..." up to 'end'. */
static struct argument unescape(const char **at, char end)
{
    struct argument out = {.text = malloc(strcspn(*at, end == '"' ? "\"" : ">") / 4 + 1)};
    assert_non_null(out.text);
    for (; **at == '\\'; *at += 4)
        out.text[out.size++] = (char)(hex((*at)[2]) * 16 + hex((*at)[3]));
    assert_int_equal(**at, end);
    out.text[out.size] = '\0';
    ++*at;
    return out;
}

static struct argument read_argument(const char **at)
{
    struct argument out = {0};
    if (**at == '"') {
        ++*at;
        return unescape(at, '"');
    }
    size_t size = strcspn(*at, "<,)");
    if ((*at)[size] == '<') {
        *at += size + 1;
        out = unescape(at, '>');
        if (**at == '(') { /* a file that has no name any more */
            *at += strlen("(deleted)");
            out.text[0] = '\0';
        }
        return out;
    }
    out.text = strndup(*at, size);
    out.size = size;
    *at += size;
    return out;
}

/* The path that a directory's descriptor and a path make; the caller frees. */
static char *join(const struct argument *folder, const struct argument *path)
{
    char *out;
    if (!folder || path->text[0] == '/')
        return strdup(path->text);
    assert_true(asprintf(&out, "%s/%s", folder->text, path->text) > 0);
    return out;
}

static struct change *add_change(struct recording *recording, enum change_of kind, size_t node)
{
    assert_true(array_reserve(&recording->changes, &recording->room, recording->count + 1,
                              sizeof *recording->changes));
    struct change *change = &recording->changes[recording->count++];
    *change = (struct change){.kind = kind, .node = node};
    return change;
}

static void add_name(struct recording *recording, enum change_of kind, size_t node, size_t parent,
                     const char *name)
{
    struct change *change = add_change(recording, kind, node);
    change->parent = parent;
    snprintf(change->name, NAME_ROOM, "%s", name);
}

static void see_made(struct recording *recording, enum change_of kind, const char *path,
                     const char *says, size_t other)
{
    size_t parent;
    char name[NAME_ROOM];
    if (!find_parent(recording, path, &parent, name))
        return;
    add_name(recording, kind, add_node(recording, parent, name, true), parent, name);
    recording->changes[recording->count - 1].bytes = says ? strdup(says) : NULL;
    recording->changes[recording->count - 1].other = other;
}

static void see_gone(struct recording *recording, const char *path)
{
    size_t node = find_node(recording, path);
    if (!node)
        return;
    add_name(recording, GONE, node, recording->nodes[node].parent, "");
    recording->nodes[node].parent = LIMBO;
}

static void see_moved(struct recording *recording, const char *from, const char *to)
{
    size_t parent, node = find_node(recording, from);
    char name[NAME_ROOM];
    if (!node || !find_parent(recording, to, &parent, name))
        return;
    size_t replaced = find_child(recording->nodes, recording->node_count, parent, name);
    if (replaced)
        recording->nodes[replaced].parent = LIMBO;
    add_name(recording, MOVED, node, parent, name);
    recording->nodes[node].parent = parent;
    strcpy(recording->nodes[node].name, name);
}

static void see_opened(struct recording *recording, const char *path, const char *flags)
{
    size_t parent;
    char name[NAME_ROOM];
    bool writes = strstr(flags, "O_WRONLY") || strstr(flags, "O_RDWR");
    if (!writes || !find_parent(recording, path, &parent, name))
        return;
    size_t node = find_child(recording->nodes, recording->node_count, parent, name);
    if (!node && strstr(flags, "O_CREAT")) {
        char old[PATH_ROOM];
        snprintf(old, sizeof old, "%s%s", recording->before_directory,
                 path + strlen(recording->directory));
        if (access(old, F_OK) != 0)
            see_made(recording, MADE_FILE, path, NULL, 0);
    }
    node = find_node(recording, path);
    recording->offsets[node] = 0;
    if (strstr(flags, "O_TRUNC"))
        add_change(recording, CUT, node);
}

static void see_written(struct recording *recording, size_t node, const struct argument *bytes,
                        size_t offset, size_t size)
{
    struct change *change = add_change(recording, WRITTEN, node);
    change->offset = offset;
    change->size = size;
    change->bytes = malloc(size + 1);
    assert_non_null(change->bytes);
    assert_true(size <= bytes->size);
    memcpy(change->bytes, bytes->text, size);
}

/* A call that worked. */
static void see_call(struct recording *recording, const char *name, const struct argument *arg,
                     const char *result)
{
    bool at =
        strstr(name, "at") != NULL && strcmp(name, "ftruncate") != 0; /* openat, unlinkat... */
    size_t value = strtoul(result, NULL, 10), node = 0;
    char *path = NULL, *to = NULL;
    if (strcmp(name, "openat") == 0) {
        path = join(&arg[0], &arg[1]);
        see_opened(recording, path, arg[2].text);
    } else if (strncmp(name, "unlink", 6) == 0 || strcmp(name, "rmdir") == 0) {
        path = at ? join(&arg[0], &arg[1]) : join(NULL, &arg[0]);
        see_gone(recording, path);
    } else if (strncmp(name, "mkdir", 5) == 0) {
        path = at ? join(&arg[0], &arg[1]) : join(NULL, &arg[0]);
        see_made(recording, MADE_DIRECTORY, path, NULL, 0);
    } else if (strncmp(name, "symlink", 7) == 0) {
        path = at ? join(&arg[1], &arg[2]) : join(NULL, &arg[1]);
        see_made(recording, MADE_SYMLINK, path, arg[0].text, 0);
    } else if (strncmp(name, "rename", 6) == 0 || strncmp(name, "link", 4) == 0) {
        path = at ? join(&arg[0], &arg[1]) : join(NULL, &arg[0]);
        to = at ? join(&arg[2], &arg[3]) : join(NULL, &arg[1]);
        if (name[0] == 'r')
            see_moved(recording, path, to);
        else
            see_made(recording, MADE_LINK, to, NULL, find_node(recording, path));
    } else if ((node = find_node(recording, arg[0].text)) == 0) {
        return;
    } else if (strcmp(name, "write") == 0) {
        see_written(recording, node, &arg[1], recording->offsets[node], value);
        recording->offsets[node] += value;
    } else if (strcmp(name, "pwrite64") == 0) {
        see_written(recording, node, &arg[1], strtoul(arg[3].text, NULL, 10), value);
    } else if (strcmp(name, "lseek") == 0) {
        recording->offsets[node] = value;
    } else if (strcmp(name, "ftruncate") == 0) {
        add_change(recording, CUT, node)->size = strtoul(arg[1].text, NULL, 10);
    } else {
        add_change(recording, SYNCED, node); /* fsync, fdatasync */
    }
    free(path);
    free(to);
}

static void see_line(struct recording *recording, const char *line)
{
    char name[32];
    struct argument arguments[ARGUMENTS] = {0};
    size_t size = strcspn(line, "(");
    const char *result = strrchr(line, '=');
    if (line[size] != '(' || size >= sizeof name || !result || result[2] == '-' || result[2] == '?')
        return;
    snprintf(name, sizeof name, "%.*s", (int)size, line);
    const char *at = line + size + 1;
    for (size_t i = 0; i < ARGUMENTS && *at != ')'; i++) {
        arguments[i] = read_argument(&at);
        at += strspn(at, ", ");
    }
    see_call(recording, name, arguments, result + 1);
    for (size_t i = 0; i < ARGUMENTS; i++)
        free(arguments[i].text);
}

/* Puts the two halves of a call together that another process's calls stand between. */
static void read_trace(struct recording *recording, FILE *file)
{
    enum { PROCESSES = 64 };
    struct {
        long process;
        char *begin;
    } halves[PROCESSES] = {0};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        char *call, *end = strstr(line, " <unfinished ...>");
        long process = strtol(line, &call, 10);
        size_t slot = (size_t)process % PROCESSES;
        call += strspn(call, " ");
        if (end) {
            *end = '\0';
            assert_null(halves[slot].begin);
            halves[slot].begin = strdup(call);
        } else if (strncmp(call, "<... ", 5) == 0 && halves[slot].begin) {
            char *whole;
            assert_true(asprintf(&whole, "%s%s", halves[slot].begin, strchr(call, '>') + 1) > 0);
            see_line(recording, whole);
            free(whole);
            free(halves[slot].begin);
            halves[slot].begin = NULL;
        } else {
            see_line(recording, call);
        }
    }
    for (size_t i = 0; i < PROCESSES; i++)
        free(halves[i].begin);
    free(line);
}

struct recording *recording_run(const char *command, const char *directory, const char *before,
                                const char *trace)
{
    char line[3000];
    if (system("strace -qq -o /dev/null -e trace=none true >/dev/null 2>&1") != 0)
        return NULL;
    snprintf(line, sizeof line,
             "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -y -xx -s 100000000 -e "
             "signal=none -e "
             "trace=openat,write,pwrite64,lseek,ftruncate,rename,renameat,renameat2,link,linkat,"
             "unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,fsync,fdatasync -o %s %s",
             trace, command);
    assert_int_equal(system(line), 0);
    FILE *file = fopen(trace, "r");
    assert_non_null(file);
    struct recording *recording = calloc(1, sizeof *recording);
    assert_non_null(recording);
    recording->directory = strdup(directory);
    recording->before_directory = strdup(before);
    add_node(recording, LIMBO, "", false);
    add_node(recording, LIMBO, "", false);
    read_trace(recording, file);
    fclose(file);
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->count; i++)
        free(recording->changes[i].bytes);
    free(recording->changes);
    free(recording->nodes);
    free(recording->before);
    free(recording->offsets);
    free(recording->directory);
    free(recording->before_directory);
    free(recording);
}

size_t recording_count(const struct recording *recording)
{
    return recording->count;
}

/* ---- a state ------------------------------------------------------------ */

struct replay {
    const struct recording *recording;
    struct node *nodes;
    const char *directory, *limbo;
    enum loss loss;
};

static char *path_of(const struct replay *replay, size_t node, char out[PATH_ROOM])
{
    char parent[PATH_ROOM];
    if (node == TOP)
        snprintf(out, PATH_ROOM, "%s", replay->directory);
    else if (replay->nodes[node].parent == LIMBO)
        snprintf(out, PATH_ROOM, "%s/%zu", replay->limbo, node);
    else
        assert_true(snprintf(out, PATH_ROOM, "%s/%s",
                             path_of(replay, replay->nodes[node].parent, parent),
                             replay->nodes[node].name) < PATH_ROOM);
    return out;
}

static void place(struct replay *replay, size_t node, size_t parent, const char *name)
{
    char from[PATH_ROOM], to[PATH_ROOM];
    size_t there = parent == LIMBO
                       ? 0
                       : find_child(replay->nodes, replay->recording->node_count, parent, name);
    if (there == node)
        return;
    if (there)
        place(replay, there, LIMBO, "");
    path_of(replay, node, from);
    replay->nodes[node].parent = parent;
    snprintf(replay->nodes[node].name, NAME_ROOM, "%s", name);
    assert_int_equal(rename(from, path_of(replay, node, to)), 0);
}

/* In limbo, until it has a name. */
static void make(struct replay *replay, const struct change *change)
{
    char path[PATH_ROOM], other[PATH_ROOM];
    path_of(replay, change->node, path);
    switch (change->kind) {
    case MADE_FILE:
        close(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        break;
    case MADE_DIRECTORY:
        assert_int_equal(mkdir(path, 0755), 0);
        break;
    case MADE_SYMLINK:
        assert_int_equal(symlink(change->bytes, path), 0);
        break;
    default:
        assert_int_equal(link(path_of(replay, change->other, other), path), 0);
    }
}

static void write_part(struct replay *replay, const struct change *change, size_t begin, size_t end)
{
    char path[PATH_ROOM];
    int fd = open(path_of(replay, change->node, path), O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(
        pwrite(fd, change->bytes + begin, end - begin, (off_t)(change->offset + begin)),
        end - begin);
    close(fd);
}

/* Some of the blocks. */
static void tear(struct replay *replay, const struct change *change)
{
    for (size_t begin = 0, end; begin < change->size; begin = end) {
        end = begin + BLOCK - (change->offset + begin) % BLOCK;
        end = end < change->size ? end : change->size;
        if (roll(2))
            write_part(replay, change, begin, end);
    }
}

static bool is_of_bytes(const struct change *change)
{
    return change->kind == WRITTEN || change->kind == CUT;
}

/* Whether something after it, and before the cut, forces it to disk. */
static bool is_forced(const struct recording *recording, size_t i, size_t count)
{
    const struct change *change = &recording->changes[i];
    size_t by = is_of_bytes(change) ? change->node : change->parent;
    for (size_t j = i + 1; j < count; j++)
        if (recording->changes[j].kind == SYNCED && recording->changes[j].node == by)
            return true;
    return false;
}

static bool survives(enum loss loss, bool of_bytes)
{
    switch (loss) {
    case LOSE_ALL:
        return false;
    case LOSE_BYTES:
        return !of_bytes;
    case LOSE_NAMES:
        return of_bytes;
    case LOSE_SOME:
        return roll(2);
    default:
        return true;
    }
}

static void redo(struct replay *replay, const struct change *change, bool kept)
{
    char path[PATH_ROOM];
    switch (change->kind) {
    case WRITTEN:
        if (kept)
            write_part(replay, change, 0, change->size);
        else if (replay->loss == LOSE_SOME)
            tear(replay, change);
        break;
    case CUT:
        if (kept)
            assert_int_equal(truncate(path_of(replay, change->node, path), (off_t)change->size), 0);
        break;
    case GONE:
        if (kept)
            place(replay, change->node, LIMBO, "");
        break;
    case SYNCED:
        break;
    case MOVED:
        if (kept)
            place(replay, change->node, change->parent, change->name);
        break;
    default:
        make(replay, change);
        if (kept)
            place(replay, change->node, change->parent, change->name);
    }
}

void recording_replay(const struct recording *recording, size_t count, enum loss loss,
                      const char *directory, const char *limbo)
{
    struct replay replay = {
        .recording = recording, .directory = directory, .limbo = limbo, .loss = loss};
    replay.nodes = malloc(recording->node_count * sizeof *replay.nodes);
    assert_non_null(replay.nodes);
    memcpy(replay.nodes, recording->before, recording->node_count * sizeof *replay.nodes);
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &recording->changes[i];
        bool kept = is_forced(recording, i, count) || survives(loss, is_of_bytes(change));
        redo(&replay, change, kept);
    }
    free(replay.nodes);
}
