#include "indexer/role.h"

#include <stdio.h>
#include <string.h>

#include "schema/tokenizer.h"

/* By what name the vocabulary has the forces of each country. */
static const struct {
    unsigned class;
    const char *name; /* before the country's */
} roles[ROLE_COUNT] = {
    [ROLE_ARMY] = {WORD_ARMY, "Armed Forces of"},
    [ROLE_POLICE] = {WORD_POLICE, "Police of"},
};

static const struct concept *actor_of(const struct vocabulary *vocabulary, const char *role,
                                      const char *country)
{
    char name[200];
    snprintf(name, sizeof name, "%s %s", role, country);
    return vocabulary_find_name(vocabulary, MENTION_ACTOR, name);
}

/* "the military" is the army, "military" before another word can be anything. */
static bool names_role(const struct scan *scan, uint32_t at, unsigned class)
{
    const struct word *word = &scan->words[at];
    if (!(word->classes & class) || (word->flags & TOKEN_CAPITAL))
        return false;
    return word->end - word->begin != strlen("military") ||
           memcmp(scan->text + word->begin, "military", strlen("military")) != 0 ||
           (at > 0 && word[-1].end - word[-1].begin == 3 &&
            memcmp(scan->text + word[-1].begin, "the", 3) == 0);
}

void roles_find(const struct scan *scan, const struct vocabulary *vocabulary,
                const struct concept *country, struct role out[ROLE_COUNT])
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        out[role] = (struct role){.word = (uint32_t)scan->word_count};
        size_t span = 0;
        for (uint32_t at = 0; at < scan->word_count; at++) {
            if (!names_role(scan, at, roles[role].class))
                continue;
            /* Not within a name, nor right behind one: "Wagner troops". */
            while (span < scan->span_count && scan->spans[span].last < at)
                span++;
            if (span < scan->span_count && scan->spans[span].first <= at &&
                (scan->spans[span].last > at || scan->text[scan->words[at - 1].end] != ','))
                continue;
            out[role].word = at;
            out[role].actor = actor_of(vocabulary, roles[role].name, country->label);
            break;
        }
    }
}
