#include "indexer/date_words.h"

#include <string.h>
#include <threads.h>

#include "schema/buffer.h"

#define WORD_ROOM 16 /* bytes of the longest word */

struct row {
    const char *folded;
    struct date_word word;
};

#define MONTH_IS(number, name, flags)                                                              \
    {                                                                                              \
        name,                                                                                      \
        {                                                                                          \
            DATE_MONTH, number, flags                                                              \
        }                                                                                          \
    }
#define MONTH(number, name)   MONTH_IS(number, name, 0)
#define SHORT(number, name)   MONTH_IS(number, name, MONTH_SHORT)
#define FOREIGN(number, name) MONTH_IS(number, name, MONTH_FOREIGN)

/* In English, then in the other languages. A word stands once. */
static const struct row months[] = {
    MONTH(1, "january"),
    MONTH(2, "february"),
    MONTH_IS(3, "march", MONTH_VERB),
    MONTH_IS(4, "april", MONTH_PERSON),
    MONTH_IS(5, "may", MONTH_VERB),
    MONTH_IS(6, "june", MONTH_PERSON),
    MONTH(7, "july"),
    MONTH_IS(8, "august", MONTH_PERSON),
    MONTH(9, "september"),
    MONTH(10, "october"),
    MONTH(11, "november"),
    MONTH(12, "december"),
    SHORT(1, "jan"),
    SHORT(2, "feb"),
    SHORT(3, "mar"),
    SHORT(4, "apr"),
    SHORT(6, "jun"),
    SHORT(7, "jul"),
    SHORT(8, "aug"),
    SHORT(9, "sep"),
    SHORT(9, "sept"),
    SHORT(10, "oct"),
    SHORT(11, "nov"),
    SHORT(12, "dec"),
    FOREIGN(1, "janvier"),
    FOREIGN(1, "enero"),
    FOREIGN(1, "janeiro"),
    FOREIGN(1, "gennaio"),
    FOREIGN(1, "januar"),
    FOREIGN(2, "fevrier"),
    FOREIGN(2, "febrero"),
    FOREIGN(2, "fevereiro"),
    FOREIGN(2, "febbraio"),
    FOREIGN(2, "februar"),
    MONTH_IS(3, "mars", MONTH_FOREIGN | MONTH_PERSON),
    MONTH_IS(3, "marzo", MONTH_FOREIGN | MONTH_PERSON),
    MONTH_IS(3, "marco", MONTH_FOREIGN | MONTH_PERSON),
    FOREIGN(3, "marz"),
    FOREIGN(4, "avril"),
    MONTH_IS(4, "abril", MONTH_FOREIGN | MONTH_PERSON),
    FOREIGN(4, "aprile"),
    MONTH_IS(5, "mai", MONTH_FOREIGN | MONTH_PERSON),
    MONTH_IS(5, "mayo", MONTH_FOREIGN | MONTH_PERSON),
    FOREIGN(5, "maio"),
    FOREIGN(5, "maggio"),
    FOREIGN(6, "juin"),
    FOREIGN(6, "junio"),
    FOREIGN(6, "junho"),
    FOREIGN(6, "giugno"),
    FOREIGN(6, "juni"),
    FOREIGN(7, "juillet"),
    MONTH_IS(7, "julio", MONTH_FOREIGN | MONTH_PERSON),
    FOREIGN(7, "julho"),
    FOREIGN(7, "luglio"),
    FOREIGN(7, "juli"),
    FOREIGN(8, "aout"),
    FOREIGN(8, "agosto"),
    FOREIGN(9, "septembre"),
    FOREIGN(9, "septiembre"),
    FOREIGN(9, "setiembre"),
    FOREIGN(9, "setembro"),
    FOREIGN(9, "settembre"),
    FOREIGN(10, "octobre"),
    FOREIGN(10, "octubre"),
    FOREIGN(10, "outubro"),
    FOREIGN(10, "ottobre"),
    FOREIGN(10, "oktober"),
    FOREIGN(11, "novembre"),
    FOREIGN(11, "noviembre"),
    FOREIGN(11, "novembro"),
    FOREIGN(12, "decembre"),
    FOREIGN(12, "diciembre"),
    FOREIGN(12, "dezembro"),
    FOREIGN(12, "dicembre"),
    FOREIGN(12, "dezember"),
};

/* Words with a value each. */
static const struct row valued[] = {
    {"monday", {DATE_WEEKDAY, 0, 0}},
    {"tuesday", {DATE_WEEKDAY, 1, 0}},
    {"wednesday", {DATE_WEEKDAY, 2, 0}},
    {"thursday", {DATE_WEEKDAY, 3, 0}},
    {"friday", {DATE_WEEKDAY, 4, 0}},
    {"saturday", {DATE_WEEKDAY, 5, 0}},
    {"sunday", {DATE_WEEKDAY, 6, 0}},
    {"yesterday", {DATE_RELATIVE, -1, 0}},
    {"today", {DATE_RELATIVE, 0, 0}},
    {"tonight", {DATE_RELATIVE, 0, 0}},
    {"tomorrow", {DATE_RELATIVE, 1, 0}},
    {"day", {DATE_UNIT, UNIT_DAY, 0}},
    {"days", {DATE_UNIT, UNIT_DAY, 0}},
    {"month", {DATE_UNIT | DATE_EDGE, UNIT_MONTH, 0}},
    {"months", {DATE_UNIT, UNIT_MONTH, 0}},
    {"year", {DATE_UNIT | DATE_CUE | DATE_EDGE, UNIT_YEAR, 0}},
    {"years", {DATE_UNIT | DATE_CUE, UNIT_YEAR, 0}},
    {"morning", {DATE_UNIT, UNIT_PART_OF_DAY, 0}},
    {"afternoon", {DATE_UNIT, UNIT_PART_OF_DAY, 0}},
    {"evening", {DATE_UNIT, UNIT_PART_OF_DAY, 0}},
    {"night", {DATE_UNIT, UNIT_PART_OF_DAY, 0}},
    {"ago", {DATE_AGO, 0, 0}},
    {"a", {DATE_COUNT | DATE_THE, 1, 0}},
    {"an", {DATE_COUNT | DATE_THE | DATE_CUE, 1, 0}}, /* l'an 2012 */
    {"one", {DATE_COUNT, 1, 0}},
    {"two", {DATE_COUNT, 2, 0}},
    {"three", {DATE_COUNT, 3, 0}},
    {"four", {DATE_COUNT, 4, 0}},
    {"five", {DATE_COUNT, 5, 0}},
    {"six", {DATE_COUNT, 6, 0}},
    {"seven", {DATE_COUNT, 7, 0}},
    {"eight", {DATE_COUNT, 8, 0}},
    {"nine", {DATE_COUNT, 9, 0}},
    {"ten", {DATE_COUNT, 10, 0}},
    {"last", {DATE_SHIFT, -1, 0}},
    {"past", {DATE_SHIFT, -1, 0}},
    {"this", {DATE_SHIFT, 0, 0}},
    {"next", {DATE_SHIFT | DATE_FUTURE, 1, 0}},
    {"coming", {DATE_SHIFT | DATE_FUTURE, 0, 0}},
};

/* Words without a value, blank between them. */
static const struct {
    uint32_t classes;
    const char *words;
} plain[] = {
    {DATE_CUE | DATE_SURE_CUE | DATE_IN | DATE_TELLS, "in"},
    {DATE_TELLS, "on"},
    {DATE_CUE | DATE_SURE_CUE,
     "since until till during throughout early late mid en depuis desde em seit im debut fin mi"},
    {DATE_CUE, "by from between before after through circa pre post spring summer autumn fall "
               "winter fy annee ano"},
    {DATE_CUE | DATE_OF, "of de del do du dell"},
    {DATE_CUE | DATE_EDGE, "end"},
    {DATE_EDGE, "beginning start middle half days weeks eve course"},
    {DATE_JOIN | DATE_SMALL, "and to or"},
    {DATE_JOIN, "et y e und bis au al"},
    {DATE_THE, "the his her its their our that these those another"},
    {DATE_FUTURE, "will would shall should scheduled upcoming expected likely unlikely slated "
                  "starting deadline"},
    {DATE_SAYING, "said says told reported announced added confirmed stated tweeted wrote"},
    {DATE_IS, "is are"},
    {DATE_LIMIT, "by until till before"},
    {DATE_REPEAT, "every each most any"},
    {DATE_FEAST, "black bloody good palm easter ash holy super cyber"},
    {DATE_PARTY, "movement brigade brigades coalition alliance front youth martyrs revolution "
                 "university street avenue party battalion square bridge city forces district "
                 "bypass hospital mosque stadium camp "
                 "times telegraph mirror express mail herald tribune"},
    {DATE_SMALL, "the a as at but by for he her his i if is it its on she than that their they "
                 "this was we were when where which while who with has had have are be been "
                 "after before because due until"},
    {DATE_AMOUNT, "total number numbers maximum minimum average force group crowd rate cost sum "
                  "population score hundreds strength capacity altitude speed distance height "
                  "resolution resolutions article section page pages room route highway flight"},
    {DATE_EVENT,
     "coup coups election elections war wars agreement agreements accord accords constitution "
     "census law laws report uprising rebellion revolt massacre genocide invasion attack "
     "attacks offensive ceasefire truce earthquake drought famine crisis conflict treaty "
     "referendum olympics protest protests intervention campaign ballot vote polls summit "
     "amendment decree plan budget season edition bombing bombings assassination independence "
     "outbreak epidemic pact insurgency kidnapping hijacking putsch murder killings"},
    {DATE_ACT, "act bill copyright ordinance code cup games conference"},
    {DATE_THINGS,
     "people persons men women children boys girls soldiers troops fighters militants rebels "
     "civilians families refugees houses homes villages villagers members police officers "
     "peacekeepers personnel tons tonnes dollars euros francs km kms kilometers kilometres "
     "miles meters metres feet hours hour gmt utc hrs local kg vehicles votes voters deaths "
     "prisoners detainees inmates workers students pupils migrants tents cattle sheep goats "
     "households residents idps percent pounds seats words block committee others cartridges "
     "rounds rifles tanks shells rockets square barrels megawatts returnees victims "
     "casualties sq ha hectares acres million thousand p pm am h hits"},
};

#define SLOTS 2048 /* a power of two */
static struct entry {
    const char *folded; /* not NUL-terminated */
    size_t size;        /* 0 in an empty slot */
    struct date_word word;
} slots[SLOTS];
/* By first and last letter, a bit for each length that a word which a date is found by has. */
static uint32_t likely[32 * 32];
static once_flag prepared = ONCE_FLAG_INIT;

static size_t letters(const char *text, size_t size)
{
    return (size_t)(text[0] & 31) << 5 | (size_t)(text[size - 1] & 31);
}

/* Where the word is or would stand: FNV-1a and linear probing. */
static struct entry *find(const char *folded, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)folded[i]) * 16777619u;
    size_t slot = (hash ^ hash >> 15) & (SLOTS - 1);
    while (slots[slot].size > 0 &&
           (slots[slot].size != size || memcmp(slots[slot].folded, folded, size) != 0))
        slot = (slot + 1) & (SLOTS - 1);
    return &slots[slot];
}

/* A word that stands in several rows has the classes of all. */
static void add(const char *folded, size_t size, const struct date_word *word)
{
    struct entry *entry = find(folded, size);
    uint32_t classes = entry->size > 0 ? entry->word.classes | word->classes : word->classes;
    if (entry->size == 0)
        *entry = (struct entry){folded, size, *word};
    entry->word.classes = classes;
    uint32_t *lengths = &likely[letters(folded, size)];
    if (word->classes & (DATE_MONTH | DATE_WEEKDAY | DATE_RELATIVE | DATE_UNIT | DATE_AGO))
        *lengths |= 1u << size;
    if (word->flags & MONTH_FOREIGN) /* an accent is one or two bytes more */
        *lengths |= 6u << size;
}

static void add_plain(const char *names, uint32_t classes)
{
    const struct date_word word = {.classes = classes};
    while (*names) {
        size_t size = strcspn(names, " ");
        add(names, size, &word);
        names += size + (names[size] == ' ');
    }
}

static void prepare(void)
{
    for (size_t i = 0; i < ARRAY_LEN(months); i++)
        add(months[i].folded, strlen(months[i].folded), &months[i].word);
    for (size_t i = 0; i < ARRAY_LEN(valued); i++)
        add(valued[i].folded, strlen(valued[i].folded), &valued[i].word);
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        add_plain(plain[i].words, plain[i].classes);
}

void date_words_prepare(void)
{
    call_once(&prepared, prepare);
}

/* Lower case, without the accents of Latin-1 and without combining marks. Returns the bytes
 * written, 0 for what no word of the tables is. */
static size_t fold(const char *text, size_t size, char out[WORD_ROOM])
{
    static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy";
    const unsigned char *bytes = (const unsigned char *)text;
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (used == WORD_ROOM)
            return 0;
        if (bytes[i] < 0x80)
            out[used++] = (char)(bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] + 32 : bytes[i]);
        else if (bytes[i] == 0xc3 && i + 1 < size)
            out[used++] = latin[bytes[++i] & 0x3f];
        else if ((bytes[i] == 0xcc || bytes[i] == 0xcd) && i + 1 < size)
            i++;
        else
            return 0;
    }
    return used;
}

const struct date_word *date_word_find(const char *text, size_t size)
{
    char folded[WORD_ROOM];
    size_t used = fold(text, size, folded);
    const struct entry *entry = used > 0 ? find(folded, used) : NULL;
    return entry && entry->size > 0 ? &entry->word : NULL;
}

bool date_word_is_likely(const char *text, size_t size)
{
    return (text[0] >= '0' && text[0] <= '9') ||
           (size < 32 && likely[letters(text, size)] >> size & 1);
}
