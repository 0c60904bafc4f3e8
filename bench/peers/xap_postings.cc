/* The same passes as bench/xap_postings.c with Xapian's own iterators:
 *
 *   c++ -O2 -std=c++17 bench/peers/xap_postings.cc -lxapian -o /tmp/peer && /tmp/peer DATABASE
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>
#include <xapian.h>

template <class Pass> static void measure(const char *name, Pass pass)
{
    using clock = std::chrono::steady_clock;
    double best = 1e9;
    size_t entries = 0;
    for (int i = 0; i < 9; i++) {
        auto start = clock::now();
        entries = pass();
        best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
    }
    std::printf("%-40s %6.1f ns\n", name, 1e9 * best / static_cast<double>(entries));
}

int main(int, char **argv)
{
    const Xapian::Database db(argv[1]);
    std::vector<uint32_t> docids(db.get_lastdocid()), wdfs(docids), lengths(docids);
    const Xapian::PostingIterator end;
    const Xapian::ValueIterator end_of_values;
    measure("docids", [&] {
        size_t n = 0;
        for (auto it = db.postlist_begin("word"); it != end; ++it)
            docids[n++] = *it;
        return n;
    });
    measure("docids, wdfs and lengths", [&] {
        size_t n = 0;
        for (auto it = db.postlist_begin("word"); it != end; ++it, ++n) {
            docids[n] = *it;
            wdfs[n] = it.get_wdf();
            lengths[n] = it.get_doclength();
        }
        return n;
    });
    std::vector<char> bytes;
    measure("values", [&] {
        size_t n = 0;
        bytes.clear();
        for (auto it = db.valuestream_begin(0); it != end_of_values; ++it, ++n) {
            docids[n] = it.get_docid();
            const std::string value = *it;
            bytes.insert(bytes.end(), value.begin(), value.end());
        }
        return n;
    });
}
