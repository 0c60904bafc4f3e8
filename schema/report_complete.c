#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "schema/buffer.h"
#include "schema/hash.h"
#include "schema/limits.h"
#include "schema/report.h"
#include "schema/tokenizer.h"

/* Bytes of a text that the report keeps. */
struct span {
    const char *bytes;
    size_t size;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct span trim(struct span span)
{
    while (span.size > 0 && is_blank(span.bytes[0])) {
        span.bytes++;
        span.size--;
    }
    while (span.size > 0 && is_blank(span.bytes[span.size - 1]))
        span.size--;
    return span;
}

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was read");
}

/* ---- checks ---------------------------------------------------------------------- */

static bool check_text(const char *name, const char *text, size_t size, size_t limit,
                       struct error *err)
{
    if (size > limit)
        return error_set(err, ERROR_LIMIT, name, "the report's %s has %zu bytes; %zu are the most",
                         name, size, limit);
    if (!text_is_utf8(text, size))
        return error_set(err, ERROR_DATA, name, "the report's %s is not UTF-8", name);
    return true;
}

static bool check(const struct report *report, struct error *err)
{
    const struct {
        const char *name, *text;
        size_t limit;
    } members[] = {
        {"id", report->id, LIMIT_ID_BYTES},
        {"title", report->title, LIMIT_FIELD_BYTES},
        {"source", report->source, LIMIT_FIELD_BYTES},
        {"url", report->url, LIMIT_FIELD_BYTES},
        {"origin", report->origin, LIMIT_FIELD_BYTES},
    };
    if (!report->body || trim((struct span){report->body, report->body_size}).size == 0)
        return error_set(err, ERROR_DATA, "body", "the report has no text");
    if (!check_text("body", report->body, report->body_size, LIMIT_REPORT_BYTES, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (members[i].text && !check_text(members[i].name, members[i].text,
                                           strlen(members[i].text), members[i].limit, err))
            return false;
    return true;
}

/* ---- sections -------------------------------------------------------------------- */

/* The line that starts at 'at', without its newline. */
static struct span line_at(const char *text, size_t size, size_t at)
{
    const char *newline = memchr(text + at, '\n', size - at);
    return (struct span){text + at, newline ? (size_t)(newline - text) - at : size - at};
}

/* A heading is a line of its own: the word and a colon, blanks around both. */
static bool is_heading(struct span line, const char *word)
{
    size_t size = strlen(word);
    line = trim(line);
    if (line.size <= size || strncasecmp(line.bytes, word, size) != 0)
        return false;
    struct span rest = trim((struct span){line.bytes + size, line.size - size});
    return rest.size == 1 && rest.bytes[0] == ':';
}

/* Where the first line from 'at' on that is the heading starts; 'size' where none is. */
static size_t find_heading(const char *text, size_t size, size_t at, const char *word)
{
    while (at < size) {
        struct span line = line_at(text, size, at);
        if (is_heading(line, word))
            return at;
        at += line.size + 1;
    }
    return size;
}

static void find_sections(struct report *report)
{
    const char *body = report->body;
    size_t size = report->body_size;
    report->faq_begin = find_heading(body, size, 0, "FAQ");
    size_t after = report->faq_begin < size ? report->faq_begin : 0;
    report->sources_begin = find_heading(body, size, after, "Sources");
}

/* ---- title ----------------------------------------------------------------------- */

/* A dot behind one of these, or behind a single letter, ends no sentence. */
static const char *const abbreviations[] = {
    "adm", "apr", "approx", "aug",  "ave", "brig", "capt", "cmdr", "co",   "col", "corp",
    "cpl", "dec", "dept",   "dr",   "etc", "feb",  "fr",   "ft",   "gen",  "gov", "hon",
    "inc", "jan", "jr",     "jul",  "jun", "lt",   "ltd",  "maj",  "mar",  "mr",  "mrs",
    "ms",  "mt",  "no",     "nos",  "nov", "oct",  "pp",   "pres", "prof", "pvt", "rep",
    "rev", "sen", "sep",    "sept", "sgt", "sr",   "st",   "supt", "vol",  "vs",
};

static bool is_abbreviation(const char *text, size_t dot)
{
    size_t begin = dot;
    while (begin > 0 && isalpha((unsigned char)text[begin - 1]))
        begin--;
    size_t size = dot - begin;
    if (size == 1)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(abbreviations); i++)
        if (strlen(abbreviations[i]) == size &&
            strncasecmp(text + begin, abbreviations[i], size) == 0)
            return true;
    return false;
}

/* Past closing quotes and brackets. */
static size_t skip_closing(const char *text, size_t size, size_t at)
{
    static const char *const closing[] = {"\"", "'", ")", "]", "\u2019", "\u201D", "\u00BB"};
    for (size_t i = 0; i < ARRAY_LEN(closing); i++) {
        size_t length = strlen(closing[i]);
        if (size - at >= length && memcmp(text + at, closing[i], length) == 0) {
            at += length;
            i = (size_t)-1; /* and from the first on again */
        }
    }
    return at;
}

/* Does a sentence go on behind the dot at 'dot', as after "the U.N. said" and "Nov. 15"? */
static bool goes_on(const char *text, size_t size, size_t dot, size_t after)
{
    if (after < size && !is_blank(text[after]))
        return true;
    while (after < size && is_blank(text[after]))
        after++;
    if (after < size && islower((unsigned char)text[after]))
        return true;
    return text[dot] == '.' && is_abbreviation(text, dot) && after < size;
}

/* Bytes of the first sentence, which ends at a blank line at the latest. */
static size_t first_sentence(const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        if (text[at] == '\n' && trim(line_at(text, size, at + 1)).size == 0)
            return at;
        if (text[at] == '.' || text[at] == '!' || text[at] == '?') {
            size_t after = skip_closing(text, size, at + 1);
            if (!goes_on(text, size, at, after))
                return after;
        } else if (size - at >= 3 && memcmp(text + at, "\u3002", 3) == 0) {
            return at + 3;
        }
    }
    return size;
}

/* One line, with single blanks, at most LIMIT_TITLE_BYTES; cut at a word where it is longer,
 * and ends in an ellipsis then. NULL out of memory. */
static char *make_title(struct span sentence)
{
    static const char ellipsis[] = "\u2026";
    struct buffer title = {0};
    size_t fits = 0; /* bytes up to the last word's end that leaves room for the ellipsis */
    for (size_t at = 0; at < sentence.size && title.size <= LIMIT_TITLE_BYTES; at++) {
        if (!is_blank(sentence.bytes[at])) {
            buffer_char(&title, sentence.bytes[at]);
        } else if (!is_blank(sentence.bytes[at + 1])) {
            if (title.size + strlen(ellipsis) <= LIMIT_TITLE_BYTES)
                fits = title.size;
            buffer_char(&title, ' ');
        }
    }
    if (title.size > LIMIT_TITLE_BYTES && !title.failed) {
        if (fits == 0) /* one long word, or a script without spaces: at a character */
            fits = text_cut(title.bytes, title.size, LIMIT_TITLE_BYTES - strlen(ellipsis));
        title.size = fits;
        buffer_text(&title, ellipsis);
    }
    return buffer_take(&title, NULL);
}

static bool complete_title(struct report *report, struct error *err)
{
    if (report->title && trim((struct span){report->title, strlen(report->title)}).size > 0)
        return true;
    size_t end =
        report->faq_begin < report->sources_begin ? report->faq_begin : report->sources_begin;
    struct span text = trim((struct span){report->body, end});
    if (text.size == 0) /* nothing but sections */
        text = trim((struct span){report->body, report->body_size});
    text.size = first_sentence(text.bytes, text.size);
    char *title = make_title(text);
    if (!title)
        return no_memory(err);
    free(report->title);
    report->title = title;
    report->title_derived = true;
    return true;
}

/* ---- source, language, id ---------------------------------------------------------- */

/* The host of the first http or https URL in the text, without user, port and "www.". */
static struct span find_host(struct span text)
{
    for (size_t at = 0; at + 3 < text.size; at++) {
        if (memcmp(text.bytes + at, "://", 3) != 0)
            continue;
        size_t begin = at + 3, end = begin;
        while (end < text.size && !is_blank(text.bytes[end]) &&
               !strchr("/?#)>\"]", text.bytes[end]))
            end++;
        struct span host = {text.bytes + begin, end - begin};
        const char *user = memrchr(host.bytes, '@', host.size);
        if (user)
            host = (struct span){user + 1, (size_t)(host.bytes + host.size - user) - 1};
        const char *port = memchr(host.bytes, ':', host.size);
        if (port)
            host.size = (size_t)(port - host.bytes);
        if (host.size > 4 && strncasecmp(host.bytes, "www.", 4) == 0)
            host = (struct span){host.bytes + 4, host.size - 4};
        if (host.size > 0)
            return host;
    }
    return (struct span){0};
}

/* Past the dash or bullet that a list's line begins with. */
static struct span skip_bullet(struct span line)
{
    static const char *const bullets[] = {"-",      "*",      "\u2010", "\u2011", "\u2012",
                                          "\u2013", "\u2014", "\u2015", "\u2022"};
    line = trim(line);
    for (size_t i = 0; i < ARRAY_LEN(bullets); i++) {
        size_t size = strlen(bullets[i]);
        if (line.size >= size && memcmp(line.bytes, bullets[i], size) == 0)
            return trim((struct span){line.bytes + size, line.size - size});
    }
    return line;
}

/* The first line under the "Sources:" heading: its URL's host, else its text. */
static struct span first_source(const struct report *report)
{
    size_t at = report->sources_begin, size = report->body_size;
    if (at < size)
        at += line_at(report->body, size, at).size + 1;
    while (at < size) {
        struct span line = line_at(report->body, size, at);
        struct span name = skip_bullet(line);
        if (name.size > 0) {
            struct span host = find_host(name);
            return host.size > 0 ? host : name;
        }
        at += line.size + 1;
    }
    return (struct span){0};
}

static bool complete_source(struct report *report, struct error *err)
{
    if (report->source && report->source[0])
        return true;
    struct span source = {0};
    if (report->url)
        source = find_host((struct span){report->url, strlen(report->url)});
    bool is_host = source.size > 0;
    if (!is_host)
        source = first_source(report);
    if (source.size == 0)
        return true;
    source.size = text_cut(source.bytes, source.size, LIMIT_FIELD_BYTES);
    char *copy = strndup(source.bytes, source.size);
    if (!copy)
        return no_memory(err);
    if (!memchr(copy, ' ', source.size)) /* a host; names keep their capitals */
        for (char *at = copy; *at; at++)
            *at = (char)tolower((unsigned char)*at);
    free(report->source);
    report->source = copy;
    return true;
}

/* "EN-us" is en; what is no code of two or three letters is no language. */
static void complete_language(struct report *report)
{
    char *language = report->language;
    if (!language)
        return;
    size_t size = strcspn(language, "-_");
    bool is_code = size == 2 || size == 3;
    for (size_t i = 0; i < size; i++) {
        is_code = is_code && isascii(language[i]) && isalpha((unsigned char)language[i]);
        language[i] = (char)tolower((unsigned char)language[i]);
    }
    language[size] = '\0';
    if (!is_code) {
        free(language);
        report->language = NULL;
    }
}

bool report_hash_id(const char *text, char out[17])
{
    return hash_short(text, strlen(text), out);
}

static bool complete_id(struct report *report, struct error *err)
{
    if (report->id && report->id[0])
        return true;
    const char *from = report->url && report->url[0] ? report->url : report->origin;
    if (!from)
        return error_set(err, ERROR_DATA, "id",
                         "the report has neither id nor url nor a path to make an id from");
    char hash[HASH_SHORT_ROOM];
    char *copy = report_hash_id(from, hash) ? strdup(hash) : NULL;
    if (!copy)
        return no_memory(err);
    free(report->id);
    report->id = copy;
    return true;
}

bool report_complete(struct report *report, struct error *err)
{
    if (!check(report, err))
        return false;
    find_sections(report);
    complete_language(report);
    return complete_title(report, err) && complete_source(report, err) && complete_id(report, err);
}
