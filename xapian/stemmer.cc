/* stemmer.cc: the Snowball stemmers that come with Xapian. */
#include <cstring>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/xap.h"

using xap::guarded;

struct xap_stemmer {
    Xapian::Stem stem;
    std::string word; /* room kept from call to call */
};

bool xap_stemmer_new(const char *language, struct xap_stemmer **out, struct xap_error *err)
{
    return guarded(err, [&] {
        *out = new xap_stemmer{Xapian::Stem(std::string(language)), std::string()};
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
        stemmer->word.assign(word, word_size);
        const std::string stem = stemmer->stem(stemmer->word);
        if (stem.size() >= room)
            throw xap::refusal{XAP_INVALID_ARGUMENT, "the stem is larger than the room for it"};
        std::memcpy(out, stem.c_str(), stem.size() + 1);
        if (size != nullptr)
            *size = stem.size();
    });
}

bool xap_stemmer_languages(char **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = xap::copy_out(Xapian::Stem::get_available_languages()); });
}
