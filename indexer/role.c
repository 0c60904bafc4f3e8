#include "indexer/role.h"

#include <stdio.h>
#include <string.h>

#include "schema/tokenizer.h"

/* By what name the vocabulary has the forces of each country. */
static const char *const role_names[ROLE_COUNT] = {
    /* before the country's */
    [ROLE_ARMY] = "Armed Forces of",
    [ROLE_POLICE] = "Police of",
    [ROLE_MILITARY_POLICE] = "Military Police of",
};

static const struct concept *actor_of(const struct vocabulary *vocabulary, const char *role,
                                      const char *country)
{
    char name[200];
    snprintf(name, sizeof name, "%s %s", role, country);
    return vocabulary_find_name(vocabulary, MENTION_ACTOR, name);
}

/* "the military" is the army, "military" before another word can be anything, "military police" is
 * neither the army nor the police. "Regime forces" are the army too, "child soldiers" seldom. */
static bool names_role(const struct scan *scan, uint32_t at, enum role_id role)
{
    const struct word *word = &scan->words[at], *before = at > 0 ? word - 1 : NULL;
    bool is_police = word->classes & WORD_POLICE;
    if ((word->flags & TOKEN_CAPITAL) && !(word->flags & TOKEN_SENTENCE))
        return false;
    if (role != ROLE_ARMY)
        return is_police &&
               (before && scan_is_word(scan, before, "military")) == (role == ROLE_MILITARY_POLICE);
    if (before && scan_is_word(scan, word, "forces"))
        return scan_is_word(scan, before, "regime") || scan_is_word(scan, before, "government") ||
               scan_is_word(scan, before, "governmental") || scan_is_word(scan, before, "military");
    return (word->classes & WORD_ARMY) && !(before && scan_is_word(scan, before, "child")) &&
           (!scan_is_word(scan, word, "military") || (before && scan_is_word(scan, before, "the")));
}

void roles_find(const struct scan *scan, const struct vocabulary *vocabulary,
                const struct concept *country, struct role out[ROLE_COUNT])
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        out[role] = (struct role){.word = (uint32_t)scan->word_count};
        size_t span = 0;
        for (uint32_t at = 0; at < scan->word_count; at++) {
            if (!names_role(scan, at, (enum role_id)role))
                continue;
            /* Not within a name, nor right behind one: "Wagner troops". */
            while (span < scan->span_count && scan->spans[span].last < at)
                span++;
            if (span < scan->span_count && scan->spans[span].first <= at &&
                (scan->spans[span].last > at || scan->text[scan->words[at - 1].end] != ','))
                continue;
            out[role].word = at;
            out[role].actor = actor_of(vocabulary, role_names[role], country->label);
            break;
        }
    }
}
