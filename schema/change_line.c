#include "schema/change_line.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/buffer.h"

static bool read_time(const json_t *value, int64_t *out)
{
    struct tm parts = {0};
    const char *text = json_string_value(value);
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts) : NULL;
    if (!end || *end)
        return false;
    *out = timegm(&parts);
    return true;
}

/* The ids of one kind, borrowed from the line. */
static bool read_ids(struct change_line *line, enum change_kind kind)
{
    struct change_ids *ids = &line->change.ids[kind];
    const json_t *array = json_object_get(line->root, change_kind_names[kind]);
    size_t count = json_array_size(array);
    ids->count = 0;
    if (count > 0 && !array_reserve(&ids->ids, &line->room[kind], count, sizeof *ids->ids))
        return false;
    for (; ids->count < count; ids->count++) {
        ids->ids[ids->count] = json_string_value(json_array_get(array, ids->count));
        if (!ids->ids[ids->count])
            return false;
    }
    return true;
}

static uint64_t number(const json_t *root, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(root, name));
}

bool change_line_read(struct change_line *line, const char *text)
{
    struct change *change = &line->change;
    json_decref(line->root);
    line->root = json_loads(text, 0, NULL);
    const json_t *when = json_object_get(line->root, "time");
    change->sequence = number(line->root, "sequence");
    change->revision = number(line->root, "revision");
    change->reports = number(line->root, "reports");
    change->time = 0;
    bool ok = line->root && (!when || read_time(when, &change->time));
    for (enum change_kind kind = 0; ok && kind < CHANGE_KINDS; kind++)
        ok = read_ids(line, kind);
    return ok;
}

void change_line_clear(struct change_line *line)
{
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        free(line->change.ids[kind].ids);
    json_decref(line->root);
    memset(line, 0, sizeof *line);
}
