#include "fcgi/reply.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {414, "URI Too Long"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *find_phrase(unsigned status)
{
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Unknown";
}

void reply_start(struct reply *reply, unsigned status, const char *content_type)
{
    reply_clear(reply);
    reply->status = status;
    if (content_type)
        reply_header(reply, "Content-Type", content_type);
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
    if (strpbrk(value, "\r\n"))
        return;
    buffer_format(&reply->headers, "%s: %s\r\n", name, value);
}

void reply_take_body(struct reply *reply, char *body, size_t size)
{
    buffer_free(&reply->body);
    if (body)
        reply->body = (struct buffer){.bytes = body, .size = size, .room = size};
    else
        reply->body.failed = true;
}

bool reply_failed(const struct reply *reply)
{
    return reply->headers.failed || reply->body.failed;
}

void reply_head(const struct reply *reply, struct buffer *out)
{
    buffer_format(out, "Status: %u %s\r\n", reply->status, find_phrase(reply->status));
    buffer_append(out, reply->headers.bytes, reply->headers.size);
    if (reply->status != 304)
        buffer_format(out, "Content-Length: %zu\r\n", reply->body.size);
    buffer_text(out, "\r\n");
}

void reply_clear(struct reply *reply)
{
    buffer_free(&reply->headers);
    buffer_free(&reply->body);
    *reply = (struct reply){0};
}
