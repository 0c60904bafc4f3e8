/* CSV (RFC 4180): a header row with names as record.h says them, then one report a row.
 * A list (actors, regions) is one cell, its values parted by semicolons.
 */
#include <csv.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/reader.h"
#include "indexer/record.h"
#include "schema/buffer.h"
#include "schema/limits.h"

#define CSV_COLUMNS 256u

struct csv {
    struct csv_parser parser;
    struct buffer row;          /* the cells of one row, one behind the other */
    size_t ends[CSV_COLUMNS];   /* where each ends; there may be more cells than that */
    size_t cells, header_cells; /* header_cells is 0 until the header was read */
    size_t taken;               /* bytes of input in this row so far */
    size_t lines;               /* lines of input in this row so far */
    bool row_ended;
    const struct record_name *columns[CSV_COLUMNS]; /* NULL: ignored */
    char *headings[CSV_COLUMNS];
};

static void on_cell(void *bytes, size_t size, void *context)
{
    struct csv *csv = context;
    buffer_append(&csv->row, bytes, size);
    if (csv->cells < CSV_COLUMNS)
        csv->ends[csv->cells] = csv->row.size;
    csv->cells++;
}

static void on_row(int terminator, void *context)
{
    (void)terminator;
    struct csv *csv = context;
    csv->row_ended = true;
}

static int is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A newline alone ends a row: a stray carriage return inside a line does not. */
static int is_end(unsigned char c)
{
    return c == '\n';
}

static bool start_parser(struct csv *csv)
{
    if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return false;
    csv_set_space_func(&csv->parser, is_space);
    csv_set_term_func(&csv->parser, is_end);
    return true;
}

static void start_row(struct csv *csv)
{
    buffer_reset(&csv->row);
    csv->cells = csv->taken = csv->lines = 0;
    csv->row_ended = false;
}

static void *csv_open(void)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (csv && !start_parser(csv)) {
        free(csv);
        csv = NULL;
    }
    return csv;
}

static void csv_close(void *state)
{
    struct csv *csv = state;
    for (size_t i = 0; i < csv->header_cells; i++)
        free(csv->headings[i]);
    csv_free(&csv->parser);
    buffer_free(&csv->row);
    free(csv);
}

/* Gives up on a row; the parser takes up again at the next line. */
static enum read_result drop_row(struct csv *csv, struct error *why, enum error_code code,
                                 const char *reason)
{
    csv_free(&csv->parser);
    if (start_parser(csv))
        error_set(why, code, NULL, "%s", reason);
    else
        error_set(why, ERROR_MEMORY, NULL, "out of memory");
    start_row(csv);
    return READ_REJECT;
}

/* Reads lines until a row is whole. READ_REPORT: it is, in csv->row. */
static enum read_result read_row(struct reader *reader, struct csv *csv, struct error *why)
{
    start_row(csv);
    while (!csv->row_ended) {
        const char *line;
        size_t size;
        enum input_result result = input_line(reader->input, &line, &size, why);
        if (result == INPUT_END)
            return csv->taken > 0 ? drop_row(csv, why, ERROR_DATA, "a quote is never closed")
                                  : READ_END;
        if (csv->lines++ == 0)
            reader->line = input_line_number(reader->input);
        if (result != INPUT_DATA) {
            drop_row(csv, NULL, ERROR_NONE, "");
            return reader_bad_input(result, why);
        }
        csv->taken += size + 1;
        if (csv->taken > LIMIT_REPORT_BYTES) {
            drop_row(csv, NULL, ERROR_NONE, "");
            return reader_bad_input(INPUT_TOO_LONG, why);
        }
        if (csv_parse(&csv->parser, line, size, on_cell, on_row, csv) != size ||
            csv_parse(&csv->parser, "\n", 1, on_cell, on_row, csv) != 1)
            return drop_row(csv, why, ERROR_DATA, "not CSV: a quote inside a cell is not doubled");
        if (csv->cells == 0 && !csv->row_ended && !csv->parser.quoted)
            start_row(csv); /* the line was blank */
    }
    if (csv->row.failed)
        return drop_row(csv, why, ERROR_MEMORY, "out of memory");
    return READ_REPORT;
}

static const char *cell(const struct csv *csv, size_t i, size_t *size)
{
    size_t begin = i > 0 ? csv->ends[i - 1] : 0;
    *size = csv->ends[i] - begin;
    return *size > 0 ? csv->row.bytes + begin : "";
}

static bool read_header(struct csv *csv, struct error *why)
{
    if (csv->cells > CSV_COLUMNS)
        return error_set(why, ERROR_LIMIT, NULL, "more than %u columns", CSV_COLUMNS);
    bool has_text = false;
    for (size_t i = 0; i < csv->cells; i++) {
        size_t size;
        const char *name = cell(csv, i, &size);
        csv->headings[i] = strndup(name, size);
        if (!csv->headings[i])
            return error_set(why, ERROR_MEMORY, NULL, "out of memory");
        csv->header_cells = i + 1;
        for (char *c = csv->headings[i]; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        csv->columns[i] = record_find(csv->headings[i], strlen(csv->headings[i]));
        has_text = has_text || (csv->columns[i] && record_is_text(csv->columns[i]));
    }
    return has_text ||
           error_set(why, ERROR_DATA, NULL, "the first row names no column 'text' or 'body'");
}

static bool set_list(struct report *out, const struct record_name *name, const char *value,
                     size_t size, struct error *why)
{
    while (size > 0) {
        const char *end = memchr(value, ';', size);
        size_t part = end ? (size_t)(end - value) : size;
        if (!record_set(out, name, value, part, why))
            return false;
        value += end ? part + 1 : part;
        size -= end ? part + 1 : part;
    }
    return true;
}

static bool set_row(struct reader *reader, struct csv *csv, struct report *out, struct error *why)
{
    if (csv->cells != csv->header_cells)
        return error_set(why, ERROR_DATA, NULL, "columns: %zu; the first row has %zu", csv->cells,
                         csv->header_cells);
    for (size_t i = 0; i < csv->cells; i++) {
        size_t size;
        const char *value = cell(csv, i, &size);
        const struct record_name *name = csv->columns[i];
        if (!name)
            tally_add(reader->ignored, csv->headings[i], strlen(csv->headings[i]), 1);
        else if (!(record_is_list(name) ? set_list(out, name, value, size, why)
                                        : record_set(out, name, value, size, why)))
            return false;
    }
    return true;
}

static enum read_result csv_next(struct reader *reader, struct report *out, struct error *why)
{
    struct csv *csv = reader->state;
    if (csv->header_cells == 0) {
        enum read_result result = read_row(reader, csv, why);
        if (result == READ_END && reader->line == 0) {
            reader->line = 1;
            error_set(why, ERROR_DATA, NULL, "is empty");
            return READ_REJECT;
        }
        if (result != READ_REPORT)
            return result;
        if (!read_header(csv, why)) {
            const char *rest; /* without a header no row means anything */
            size_t size;
            while (input_line(reader->input, &rest, &size, NULL) != INPUT_END)
                ;
            return READ_REJECT;
        }
    }
    enum read_result result = read_row(reader, csv, why);
    if (result == READ_REPORT && !set_row(reader, csv, out, why))
        result = READ_REJECT;
    return result;
}

/* A first line with commas and a column for the text. */
static bool csv_recognize(const char *head, size_t size)
{
    const char *end = memchr(head, '\n', size);
    if (end)
        size = (size_t)(end - head);
    bool has_text = false, has_comma = false;
    while (size > 0) {
        const char *comma = memchr(head, ',', size);
        size_t part = comma ? (size_t)(comma - head) : size;
        size_t begin = 0, stop = part;
        while (begin < stop && strchr("\" \t\r", head[begin]))
            begin++;
        while (stop > begin && strchr("\" \t\r", head[stop - 1]))
            stop--;
        const struct record_name *name = record_find(head + begin, stop - begin);
        has_text = has_text || (name && record_is_text(name));
        has_comma = has_comma || comma;
        head += comma ? part + 1 : part;
        size -= comma ? part + 1 : part;
    }
    return has_text && has_comma;
}

const struct format csv_format = {
    .name = "csv",
    .extensions = ".csv",
    .help = "CSV with a header row",
    .recognize = csv_recognize,
    .open = csv_open,
    .next = csv_next,
    .close = csv_close,
    .many = true,
};
