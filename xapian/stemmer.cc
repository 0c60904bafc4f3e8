/* stemmer.cc: the Snowball stemmers that come with Xapian, made fit for folded words. */
#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/xap.h"

using xap::guarded;

namespace
{

/* A word and its stem, one behind the other; short ones only. A line of the processor's cache.
 * All zero, it says that the stem of "" is "". */
struct alignas(64) known_word {
    uint8_t word_size, stem_size;
    char bytes[62];
};

const size_t known_words = 4096; /* 83 of 100 words of reports are found again */

/* Stemmers that only ever change the end of a folded word. Others take prefixes off (Arabic,
 * Indonesian, Irish, Kraaij-Pohlmann), or can leave another first letter or nothing at all (Lovins,
 * Porter, Turkish); the rest of Xapian's were not looked at. */
const char *const enders[] = {
    "danish",    "dutch",      "english",  "finnish", "french",  "german",  "hungarian", "italian",
    "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish", "none",
};

/* The rules for French know the participles blessée and blessées by their accents, which folded
 * words have lost: as blesse and blesses they have the stem of blessé and blessés. */
void cut_french(std::string &word)
{
    size_t end = word.size() - (!word.empty() && word.back() == 's');
    if (end > 3 && word.compare(end - 2, 2, "ee") == 0)
        word.erase(end - 1, 1);
}

/* The rules for Arabic take other endings off a word with an article than off one without, and
 * readers ask for either; and they leave "and" before an alef. The articles and "and" are those of
 * Larkey, Ballesteros, Connell, "Improving stemming for Arabic information retrieval", 2002; as
 * there, an article leaves two letters at least and "and" three. */
void cut_arabic(std::string &word)
{
    for (std::string_view article : {"وال", "بال", "كال", "فال", "ال"})
        if (word.size() >= article.size() + 4 && word.compare(0, article.size(), article) == 0) {
            word.erase(0, article.size());
            return;
        }
    const std::string_view conjunction = "و", before_alef = "وا";
    if (word.size() >= conjunction.size() + 6 &&
        word.compare(0, before_alef.size(), before_alef) == 0)
        word.erase(0, conjunction.size());
}

/* What is done to a word before Xapian's stemmer sees it. */
const struct {
    const char *language;
    void (*cut)(std::string &word);
} cutters[] = {{"french", cut_french}, {"arabic", cut_arabic}};

/* FNV-1a. */
size_t place_of(std::string_view word)
{
    uint32_t hash = 0x811c9dc5u;
    for (char c : word)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193u;
    return (hash ^ hash >> 16) % known_words;
}

} // namespace

/* Stemming is slow, and texts repeat their words: the latest word of each place is kept. */
struct xap_stemmer {
    Xapian::Stem stem;
    std::string word, result;      /* room kept from call to call */
    std::vector<known_word> known; /* by place; made by the first stem */
    bool keeps_beginnings;
    void (*cut)(std::string &word); /* of 'cutters', or NULL */
};

namespace
{

/* Valid until the next call. */
std::string_view stem_of(struct xap_stemmer &stemmer, std::string_view word)
{
    if (stemmer.known.empty())
        stemmer.known.resize(known_words);
    known_word &known = stemmer.known[place_of(word)];
    if (std::string_view(known.bytes, known.word_size) == word)
        return std::string_view(known.bytes + known.word_size, known.stem_size);
    stemmer.word = word;
    if (stemmer.cut != nullptr)
        stemmer.cut(stemmer.word);
    stemmer.result = stemmer.stem(stemmer.word);
    if (word.size() + stemmer.result.size() <= sizeof known.bytes) {
        known.word_size = static_cast<uint8_t>(word.size());
        known.stem_size = static_cast<uint8_t>(stemmer.result.size());
        std::memcpy(known.bytes, word.data(), word.size());
        std::memcpy(known.bytes + word.size(), stemmer.result.data(), stemmer.result.size());
    }
    return stemmer.result;
}

} // namespace

bool xap_stemmer_new(const char *language, struct xap_stemmer **out, struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::Stem stem{std::string(language)};
        const std::string name = stem.get_description(); /* Xapian::Stem(english) */
        const auto is = [&](const char *other) {
            return name == "Xapian::Stem(" + std::string(other) + ")";
        };
        bool keeps = std::any_of(std::begin(enders), std::end(enders), is);
        void (*cut)(std::string & word) = nullptr;
        for (const auto &cutter : cutters)
            if (is(cutter.language))
                cut = cutter.cut;
        *out = new xap_stemmer{stem, {}, {}, {}, keeps, cut};
    });
}

void xap_stemmer_free(struct xap_stemmer *stemmer)
{
    delete stemmer;
}

bool xap_stemmer_stem(struct xap_stemmer *stemmer, const char *word, size_t word_size, char *out,
                      size_t room, size_t *size, struct xap_error *err)
{
    return guarded(err, [&] {
        const std::string_view stem = stem_of(*stemmer, std::string_view(word, word_size));
        if (stem.size() >= room)
            throw xap::refusal{XAP_INVALID_ARGUMENT, "the stem is larger than the room for it"};
        std::memcpy(out, stem.data(), stem.size());
        out[stem.size()] = '\0';
        if (size != nullptr)
            *size = stem.size();
    });
}

bool xap_stemmer_keeps_beginnings(const struct xap_stemmer *stemmer)
{
    return stemmer->keeps_beginnings;
}

bool xap_stemmer_languages(char **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = xap::copy_out(Xapian::Stem::get_available_languages()); });
}
