#include "indexer/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

/* Folded words, parted by spaces. */
static const struct {
    enum word_class class;
    const char *words;
} lists[] = {
    {WORD_MEMBER, "fighters fighter militants militant group groups forces force jihadists "
                  "jihadist insurgents insurgent terrorists terrorist members member affiliate "
                  "affiliates branch extremists extremist rebels rebel gunmen militiamen "
                  "supporters troops"},
    {WORD_SMALL, "of the and for in on al el le la les de des du da do dos das del di et y e "
                 "a an ul as ash at ad an ar az wal wa ibn bin abu um to with und von der"},
    {WORD_LINK, "al el ul la de del do da dos di imeni"},
    {WORD_TITLE, "mr mrs ms miss dr prof professor president minister senator sen rep gov "
                 "governor mayor judge justice gen general col colonel maj major capt captain lt "
                 "lieutenant sgt sergeant cpl pvt king queen prince princess sheikh sheik imam "
                 "mullah pastor rev reverend father sister brother bishop archbishop cardinal "
                 "pope sir lord lady chancellor ambassador chairman chairwoman spokesman "
                 "spokeswoman congressman congresswoman councilman councilwoman commissioner "
                 "detective officer deputy sheriff coach attorney inspector superintendent "
                 "secretary premier emir ayatollah saint"},
    {WORD_SETTLEMENT, "village town city commune municipality suburb suburbs "
                      "hamlet settlement camp port township villages "
                      "towns cities capital outskirts"},
    {WORD_DIVISION, "province governorate region county district department state prefecture "
                    "oblast division subdistrict subcounty parish cercle wilaya muhafazah "
                    "woreda sub zone canton sector circle republic territory"},
    {WORD_STREET, "street st avenue ave road rd drive dr boulevard blvd lane ln highway hwy "
                  "bridge square way court parkway pike trail creek river lake mountain mountains"},
    {WORD_WITHIN, "in near from at around outside toward towards between into across to "
                  "throughout inside"},
    {WORD_BODY, "university college school hospital police airport council court jail prison "
                "church theater theatre sheriff sheriffs mayor fire department district resident "
                "residents native area"},
    {WORD_QUARTER, "neighborhood neighbourhood neighborhoods neighbourhoods locality square street "
                   "streets avenue boulevard road highway park quarter sector roundabout junction "
                   "intersection bridge colonia barrio vereda bairro fraccionamiento plaza "
                   "subdivision building tower stadium market mosque church hospital school "
                   "front axis line checkpoint prison university palace theater theatre station"},
    {WORD_ARMY, "army military soldiers soldier troops"},
    {WORD_POLICE, "police policemen policeman policewoman"},
    {WORD_ARTICLE, "el la los las le les il lo san santa santo sao saint ste abu umm bani beit "
                   "deir kafr ain tal tell"},
    {WORD_PAPER, "times post herald tribune gazette news press journal chronicle sentinel "
                 "observer daily airlines airways"},
    {WORD_SPEAKING, "said says told added noted testified"},
    {WORD_OFFICE, "army armed forces force military police gendarmerie government authorities "
                  "troops soldiers security navy guard rulers junta regime group groups movement "
                  "mission militia militias militants fighters rebels experts intelligence air"},
    {WORD_COMPASS, "north south east west northern southern eastern western central "
                   "northeast northwest southeast southwest northeastern northwestern "
                   "southeastern southwestern"},
};

/* A hash table of words, open addressing. */
struct entry {
    const char *word;
    unsigned size, classes;
};

struct lexicon {
    size_t mask;
    struct entry entries[]; /* a power of two */
};

/* Fowler-Noll-Vo, 1a. */
static uint32_t hash_of(const char *bytes, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

static const struct entry *entry_of(const struct lexicon *lexicon, const char *word, size_t size)
{
    for (size_t i = hash_of(word, size) & lexicon->mask;; i = (i + 1) & lexicon->mask) {
        const struct entry *entry = &lexicon->entries[i];
        if (!entry->word || (entry->size == size && memcmp(entry->word, word, size) == 0))
            return entry;
    }
}

/* Calls for each word of the lists, or counts them where 'lexicon' is NULL. */
static size_t each_word(struct lexicon *lexicon)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (const char *word = lists[i].words; *word; count++) {
            size_t size = strcspn(word, " ");
            if (lexicon) {
                struct entry *entry =
                    &lexicon->entries[entry_of(lexicon, word, size) - lexicon->entries];
                entry->word = word;
                entry->size = (unsigned)size;
                entry->classes |= (unsigned)lists[i].class;
            }
            word += size;
            word += *word == ' ';
        }
    }
    return count;
}

struct lexicon *lexicon_new(void)
{
    size_t room = 64, words = each_word(NULL);
    while (room < words * 3)
        room *= 2;
    struct lexicon *lexicon = calloc(1, sizeof *lexicon + room * sizeof(struct entry));
    if (lexicon) {
        lexicon->mask = room - 1;
        each_word(lexicon);
    }
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    free(lexicon);
}

unsigned lexicon_classes(const struct lexicon *lexicon, const char *folded, size_t size)
{
    return entry_of(lexicon, folded, size)->classes;
}
