/* HTML: one page a report, its text and what it says of itself as page.h tells them apart. */
#include <string.h>

#include "indexer/page.h"
#include "indexer/reader.h"
#include "indexer/record.h"

static bool set(struct report *out, const char *name, const char *value, struct error *why)
{
    return !value || record_put(out, name, value, strlen(value), why);
}

/* A page without a URL is from its site; with one it is from the host, like all reports. */
static bool set_page(struct report *out, const struct page *page, struct error *why)
{
    out->day = page->published;
    return set(out, "title", page->title, why) && set(out, "url", page->url, why) &&
           set(out, "language", page->language, why) &&
           set(out, "source", page->url ? NULL : page->site, why) &&
           set(out, "text", page->text, why);
}

static enum read_result html_next(struct reader *reader, struct report *out, struct error *why)
{
    const char *text;
    size_t size;
    struct page page;
    enum read_result result = reader_whole_markup(reader, &text, &size, why);
    if (result != READ_REPORT)
        return result;
    if (!page_read(text, size, &page, why))
        return READ_REJECT;
    bool ok = set_page(out, &page, why);
    page_clear(&page);
    return ok ? READ_REPORT : READ_REJECT;
}

const struct format html_format = {
    .name = "html",
    .extensions = ".html .htm .xhtml",
    .help = "one page a file: its article, without what stands around it",
    .recognize = page_recognize,
    .next = html_next,
};
