/* page.h: an HTML page taken apart: its text, and what it says of itself.
 *
 * Of a page the text is: its only <article>, else its <main>, else all of its body; without
 * what stands around a text (page.c lists the elements), whether it stands inside or outside.
 * Where that leaves nothing, forms count as text: some servers put a page into one.
 */
#ifndef SITREP_PAGE_H
#define SITREP_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/day.h"
#include "schema/error.h"

/* Strings are malloc()ed UTF-8 that was not cleaned, and NULL where absent. */
struct page {
    char *title; /* og:title, else the text's first <h1>, else <title> */
    char *text;
    char *url;       /* absolute: of the canonical link, else og:url */
    char *site;      /* og:site_name */
    char *language;  /* as the page writes it: "en-GB" */
    day_t published; /* DAY_NONE where it does not say */
};

/* Reads the page, whatever its encoding: UTF-16 by its byte-order mark, UTF-8 if it is that, else
 * what it declares, else windows-1252. Any bytes are a page; fails out of memory. */
bool page_read(const char *bytes, size_t size, struct page *out, struct error *err);
void page_clear(struct page *page);

/* Whether a file that begins so is HTML. */
bool page_recognize(const char *head, size_t size);

#endif
