#include "bench/asked_question.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

bool asked_question(const struct asked *asked, struct question *out, struct error *err)
{
    struct buffer q = {0};
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    bool any = strcmp(asked->match, "any") == 0, phrase = strcmp(asked->match, "phrase") == 0;
    buffer_text(&q, phrase ? "\"" : any ? "(" : "");
    for (const char *c = asked->words; *c; c++)
        if (*c == ' ' && any)
            buffer_text(&q, " OR ");
        else
            buffer_char(&q, *c);
    buffer_text(&q, phrase ? "\"" : any ? ")" : "");
    if (*asked->actor)
        buffer_format(&q, " actor:\"%s\"", asked->actor);
    if (asked->from != DAY_NONE || asked->to != DAY_NONE)
        buffer_format(&q, " date:%s..%s", day_format(asked->from, from), day_format(asked->to, to));
    char *text = buffer_take(&q, NULL);
    bool ok = text && question_init(out, err) && question_set(out, "q", text, err) &&
              question_set(out, "interval", "month", err);
    free(text);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}
