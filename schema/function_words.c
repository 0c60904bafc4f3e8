#include "schema/function_words.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

/* English, French, Spanish, Portuguese, German, Russian and Arabic; folded, in byte order. Left
 * out is what is a name or another matter's word here or in another of these languages: us, un,
 * au, car, who, may, mine, die, war, son, sur, علي. */
static const char *const words[] = {
    "a",       "about",    "above",      "after",   "again",     "against", "al",      "all",
    "also",    "although", "am",         "among",   "an",        "and",     "another", "any",
    "ao",      "aos",      "are",        "as",      "at",        "auch",    "auf",     "aus",
    "aussi",   "aux",      "avec",       "be",      "because",   "been",    "before",  "bei",
    "being",   "below",    "between",    "both",    "but",       "by",      "can",     "cannot",
    "ce",      "ces",      "cet",        "cette",   "com",       "comme",   "como",    "con",
    "could",   "da",       "dans",       "das",     "de",        "del",     "dem",     "den",
    "der",     "des",      "did",        "do",      "does",      "doing",   "done",    "dont",
    "dos",     "down",     "du",         "during",  "e",         "each",    "ein",     "eine",
    "einem",   "einen",    "einer",      "either",  "el",        "elle",    "elles",   "em",
    "en",      "entre",    "es",         "esa",     "ese",       "esta",    "estas",   "este",
    "estos",   "et",       "etait",      "ete",     "etre",      "even",    "ever",    "every",
    "few",     "foi",      "for",        "from",    "fue",       "further", "ha",      "had",
    "han",     "has",      "have",       "having",  "he",        "hence",   "her",     "here",
    "hers",    "herself",  "him",        "himself", "his",       "how",     "however", "i",
    "if",      "il",       "ils",        "im",      "in",        "into",    "is",      "ist",
    "it",      "its",      "itself",     "je",      "just",      "la",      "las",     "le",
    "least",   "les",      "less",       "leur",    "leurs",     "lo",      "los",     "lui",
    "mais",    "many",     "mas",        "me",      "might",     "mit",     "more",    "moreover",
    "most",    "much",     "must",       "muy",     "my",        "myself",  "na",      "nach",
    "nao",     "nas",      "ne",         "neither", "nicht",     "no",      "none",    "nor",
    "nos",     "not",      "nous",       "now",     "o",         "of",      "off",     "on",
    "once",    "only",     "ont",        "onto",    "or",        "os",      "other",   "others",
    "ou",      "ought",    "our",        "ours",    "ourselves", "out",     "over",    "own",
    "par",     "para",     "pas",        "pela",    "pelas",     "pelo",    "pelos",   "per",
    "pero",    "plus",     "por",        "pour",    "que",       "qui",     "quite",   "rather",
    "sa",      "same",     "sao",        "se",      "ser",       "ses",     "seu",     "seus",
    "shall",   "she",      "should",     "sich",    "sin",       "since",   "sind",    "so",
    "sobre",   "some",     "sous",       "still",   "su",        "sua",     "suas",    "such",
    "sus",     "than",     "that",       "the",     "their",     "theirs",  "them",    "themselves",
    "then",    "there",    "therefore",  "these",   "they",      "this",    "those",   "though",
    "through", "thus",     "to",         "too",     "toward",    "towards", "um",      "uma",
    "umas",    "una",      "unas",       "und",     "under",     "une",     "unless",  "unos",
    "uns",     "until",    "up",         "upon",    "very",      "via",     "vom",     "von",
    "vous",    "was",      "we",         "were",    "what",      "when",    "where",   "whether",
    "which",   "while",    "whom",       "whose",   "why",       "will",    "wird",    "with",
    "within",  "without",  "would",      "y",       "ya",        "yet",     "you",     "your",
    "yours",   "yourself", "yourselves", "zu",      "zum",       "zur",     "а",       "бы",
    "был",     "была",     "были",       "было",    "в",         "во",      "для",     "до",
    "его",     "ее",       "же",         "за",      "и",         "из",      "или",     "их",
    "к",       "как",      "ко",         "которая", "которые",   "которыи", "ли",      "на",
    "не",      "но",       "о",          "об",      "он",        "она",     "они",     "оно",
    "от",      "по",       "при",        "с",       "со",        "так",     "также",   "то",
    "только",  "у",        "что",        "эта",     "эти",       "это",     "этот",    "التي",
    "الذي",    "الذين",    "الي",        "ان",      "او",        "بعد",     "بين",     "تلك",
    "ثم",      "ذلك",      "عن",         "في",      "قبل",       "قد",      "كان",     "كانت",
    "كل",      "كما",      "لا",         "لم",      "لن",        "ما",      "مع",      "من",
    "هذا",     "هذه",      "هم",         "هو",      "هي",        "و",
};

static int compare(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

bool function_words_have(const char *word)
{
    return bsearch(word, words, ARRAY_LEN(words), sizeof words[0], compare) != NULL;
}
