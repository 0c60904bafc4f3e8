#include "fcgi/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/mustache.h"
#include "schema/buffer.h"
#include "schema/report.h"

#define PATH_ROOM     4096
#define INCLUDE_DEPTH 4

static const char *const names[TEMPLATE_COUNT] = {
    [TEMPLATE_SEARCH] = "search",
    [TEMPLATE_REPORT] = "report",
    [TEMPLATE_ERROR] = "error",
};

struct templates {
    struct mustache *pages[TEMPLATE_COUNT];
    char version[17];
};

static bool read_file(const char *path, struct buffer *out, struct error *err)
{
    char block[8192];
    FILE *file = fopen(path, "re");
    size_t size;

    if (!file)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot be opened");
    while ((size = fread(block, 1, sizeof(block), file)) > 0)
        buffer_append(out, block, size);
    bool failed = ferror(file);
    fclose(file);
    if (failed)
        return error_set_errno(err, ERROR_IO, path, "cannot be read");
    if (out->failed)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    return true;
}

/* Appends the template with its includes in place. Done here, once, and not by the library, which
 * would parse each include again for each page. */
static bool expand(const char *web, const char *name, size_t name_size, unsigned depth,
                   struct buffer *out, struct error *err)
{
    static const char open[] = "{{> ", close[] = "}}";
    char path[PATH_ROOM];
    struct buffer text = {0};
    bool ok = false;

    snprintf(path, sizeof(path), "%s/templates/%.*s.html", web, (int)name_size, name);
    if (depth > INCLUDE_DEPTH) {
        error_set(err, ERROR_DATA, path, "templates include each other too deeply");
        goto done;
    }
    if (!read_file(path, &text, err))
        goto done;
    const char *at = text.bytes ? text.bytes : "";
    for (const char *tag; (tag = strstr(at, open)) != NULL;) {
        const char *included = tag + strlen(open);
        const char *end = strstr(included, close);
        if (!end) {
            error_set(err, ERROR_DATA, path, "an include is not closed");
            goto done;
        }
        buffer_append(out, at, (size_t)(tag - at));
        if (!expand(web, included, (size_t)(end - included), depth + 1, out, err))
            goto done;
        at = end + strlen(close);
    }
    buffer_text(out, at);
    ok = true;

done:
    buffer_free(&text);
    return ok;
}

/* Hashes all that a page's looks come from. */
static bool find_version(const char *web, struct buffer *all, char out[17], struct error *err)
{
    char path[PATH_ROOM];

    snprintf(path, sizeof(path), "%s/static/style.css", web);
    if (!read_file(path, all, err))
        return false;
    if (all->failed || !report_hash_id(all->bytes, out))
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    return true;
}

bool templates_open(const char *web, struct templates **out, struct error *err)
{
    struct templates *templates = calloc(1, sizeof(*templates));
    struct buffer all = {0}, page = {0};
    bool ok = false;

    if (!templates) {
        error_set(err, ERROR_MEMORY, web, "out of memory");
        goto done;
    }
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
        buffer_reset(&page);
        if (!expand(web, names[i], strlen(names[i]), 0, &page, err))
            goto done;
        if (page.failed) {
            error_set(err, ERROR_MEMORY, web, "out of memory");
            goto done;
        }
        if (!mustache_open(names[i], page.bytes, &templates->pages[i], err))
            goto done;
        buffer_append(&all, page.bytes, page.size);
    }
    ok = find_version(web, &all, templates->version, err);

done:
    buffer_free(&all);
    buffer_free(&page);
    if (ok)
        *out = templates;
    else
        templates_close(templates);
    return ok;
}

void templates_close(struct templates *templates)
{
    if (!templates)
        return;
    for (size_t i = 0; i < TEMPLATE_COUNT; i++)
        mustache_close(templates->pages[i]);
    free(templates);
}

const char *templates_version(const struct templates *templates)
{
    return templates->version;
}

bool templates_render(struct templates *templates, enum template_id id, const json_t *view,
                      char **out, size_t *size, struct error *err)
{
    return mustache_render(templates->pages[id], view, out, size, err);
}
