/* Ask: Lucene's side of bench/compare: the tasks facets, top, newest and check, in process.
 *
 *   java Ask INDEX stock|onepass|array
 *
 * Ranking is BM25 with its defaults, which passes over what cannot be among the best. Facets are
 * counted by the facet module's sorted sets of values in a second pass without scores, or in the
 * one pass of FacetsCollector.search; or from arrays made for it when the index is opened.
 * Newest first ends early, as the index is sorted by days. The cache of queries is off.
 */
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.facet.DrillDownQuery;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesReaderState;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopFieldCollector;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

public final class Ask {
    private static final int HITS = 10;
    private static final int MONTHS = 1200;
    private static final String FACETS = FacetsConfig.DEFAULT_INDEX_FIELD_NAME;
    private static final String[] DIMENSIONS = {"actor", "region", "month"};

    /* The numbers of all facet values of each document, one after the other. */
    private static final class Values {
        final int[] starts;
        final int[] numbers;

        Values(DirectoryReader reader) throws IOException {
            int[] found = new int[1024];
            int count = 0;
            starts = new int[reader.maxDoc() + 1];
            for (LeafReaderContext leaf : reader.leaves()) {
                if (reader.leaves().size() != 1) throw new IOException("more than one segment");
                SortedSetDocValues sets = DocValues.getSortedSet(leaf.reader(), FACETS);
                for (int doc = 0; doc < reader.maxDoc(); doc++) {
                    starts[doc] = count;
                    if (!sets.advanceExact(doc)) continue;
                    for (long number; (number = sets.nextOrd()) != SortedSetDocValues.NO_MORE_ORDS; ) {
                        if (count == found.length)
                            found = java.util.Arrays.copyOf(found, 2 * count);
                        found[count++] = (int) number;
                    }
                }
            }
            starts[reader.maxDoc()] = count;
            numbers = java.util.Arrays.copyOf(found, count);
        }
    }

    private static final class Counter extends SimpleCollector {
        private final int[] starts, numbers;
        final int[] counts;
        int total;

        Counter(Values values, int size) {
            starts = values.starts;
            numbers = values.numbers;
            counts = new int[size];
        }

        @Override
        public void collect(int doc) {
            total++;
            for (int i = starts[doc]; i < starts[doc + 1]; i++) counts[numbers[i]]++;
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }
    }

    private final IndexSearcher searcher;
    private final SortedSetDocValuesReaderState state;
    private final Values values;
    private final SortedSetDocValues labels;
    private final String mode;

    private Ask(DirectoryReader reader, String mode) throws IOException {
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        state = new DefaultSortedSetDocValuesReaderState(reader);
        values = new Values(reader);
        labels = state.getDocValues();
        this.mode = mode;
    }

    /* ---- questions */

    private static Term term(String word) throws IOException {
        try (TokenStream stream = Index.WORDS.tokenStream("text", word)) {
            CharTermAttribute stem = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            if (!stream.incrementToken()) throw new IOException("no word: " + word);
            return new Term("text", stem.toString());
        }
    }

    private static Query words(String match, String[] words) throws IOException {
        if (match.equals("phrase")) {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            for (String word : words) phrase.add(term(word));
            return phrase.build();
        }
        if (words.length == 1) return new TermQuery(term(words[0]));
        BooleanQuery.Builder join = new BooleanQuery.Builder();
        for (String word : words)
            join.add(new TermQuery(term(word)), match.equals("any") ? Occur.SHOULD : Occur.MUST);
        return join.build();
    }

    private static int day(String date, int open) {
        return date.equals("-") ? open : Integer.parseInt(date.replace("-", ""));
    }

    /* Columns of question_file.h, after the task. */
    private static Query query(String[] asked) throws IOException {
        boolean hasWords = !asked[3].equals("-");
        Query words = hasWords ? words(asked[2], asked[3].split(" ")) : new MatchAllDocsQuery();
        boolean hasActor = !asked[4].equals("-");
        boolean hasDates = !asked[5].equals("-") || !asked[6].equals("-");
        if (!hasActor && !hasDates) return words;
        BooleanQuery.Builder join = new BooleanQuery.Builder().add(words, Occur.MUST);
        if (hasActor)
            join.add(new TermQuery(DrillDownQuery.term(FACETS, "actor", asked[4])), Occur.FILTER);
        if (hasDates)
            join.add(
                    IntPoint.newRangeQuery("day", day(asked[5], 0), day(asked[6], Integer.MAX_VALUE)),
                    Occur.FILTER);
        return join.build();
    }

    /* ---- tasks */

    private int top(Query query) throws IOException {
        return searcher.search(query, HITS).scoreDocs.length;
    }

    private int newest(Query query) throws IOException {
        TopFieldCollector collector = TopFieldCollector.create(Index.newestFirst(), HITS, HITS);
        searcher.search(query, collector);
        return collector.topDocs().scoreDocs.length;
    }

    private Counter count(Query query) throws IOException {
        Counter counter = new Counter(values, state.getSize());
        searcher.search(query, counter);
        return counter;
    }

    /* The numbers of the values with the highest counts from 'first' to 'last'. */
    private static int[] best(int[] counts, int first, int last) {
        int[] best = new int[HITS];
        int size = 0;
        for (int i = first; i <= last; i++) {
            if (counts[i] == 0 || size == HITS && counts[i] <= counts[best[HITS - 1]]) continue;
            int at = size < HITS ? size++ : HITS - 1;
            for (; at > 0 && counts[best[at - 1]] < counts[i]; at--) best[at] = best[at - 1];
            best[at] = i;
        }
        return best;
    }

    private int facets(Query query) throws IOException {
        int found = 0;
        if (mode.equals("array")) {
            top(query);
            int[] counts = count(query).counts;
            for (String dimension : DIMENSIONS) {
                SortedSetDocValuesReaderState.OrdRange range = state.getOrdRange(dimension);
                if (!dimension.equals("month"))
                    for (int number : best(counts, range.start, range.end))
                        found += labels.lookupOrd(number).length;
            }
            return found;
        }
        FacetsCollector collector = new FacetsCollector();
        if (mode.equals("onepass")) {
            FacetsCollector.search(searcher, query, HITS, collector);
        } else {
            top(query);
            searcher.search(query, collector);
        }
        SortedSetDocValuesFacetCounts counts = new SortedSetDocValuesFacetCounts(state, collector);
        for (String dimension : DIMENSIONS) {
            int wanted = dimension.equals("month") ? MONTHS : HITS;
            FacetResult result = counts.getTopChildren(wanted, dimension);
            found += result == null ? 0 : result.labelValues.length;
        }
        return found;
    }

    private static void print(PrintStream out, String name, Map<String, Number> counts) {
        out.print(name);
        counts.forEach((value, count) -> out.print(" " + value + "=" + count));
    }

    private Map<String, Number> stockCounts(Query query, String dimension) throws IOException {
        Map<String, Number> all = new TreeMap<>();
        FacetsCollector collector = new FacetsCollector();
        searcher.search(query, collector);
        FacetResult result =
                new SortedSetDocValuesFacetCounts(state, collector)
                        .getTopChildren(state.getSize(), dimension);
        if (result != null)
            for (LabelAndValue one : result.labelValues) all.put(one.label, one.value);
        return all;
    }

    private Map<String, Number> arrayCounts(int[] counts, String dimension) throws IOException {
        Map<String, Number> all = new TreeMap<>();
        SortedSetDocValuesReaderState.OrdRange range = state.getOrdRange(dimension);
        for (int i = range.start; i <= range.end; i++) {
            BytesRef label = labels.lookupOrd(i);
            String[] path = FacetsConfig.stringToPath(label.utf8ToString());
            if (counts[i] > 0) all.put(path[1], counts[i]);
        }
        return all;
    }

    private void check(Query query, PrintStream out) throws IOException {
        Counter counter = count(query);
        out.print("0\t" + counter.total + "\t");
        for (String dimension : DIMENSIONS) {
            if (!dimension.equals("actor")) out.print(" ");
            print(out, dimension.equals("month") ? "date" : dimension,
                    mode.equals("array")
                            ? arrayCounts(counter.counts, dimension)
                            : stockCounts(query, dimension));
        }
        out.println();
    }

    private void answer(String line, PrintStream out) throws IOException {
        String[] asked = line.split("\t", -1);
        long start = System.nanoTime();
        Query query = query(asked);
        int found;
        switch (asked[0]) {
            case "facets":
                found = facets(query);
                break;
            case "top":
                found = top(query);
                break;
            case "newest":
                found = newest(query);
                break;
            case "check":
                check(query, out);
                return;
            default:
                out.println("-");
                return;
        }
        out.println((System.nanoTime() - start) + "\t" + found + "\t");
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: Ask INDEX stock|onepass|array");
            System.exit(64);
        }
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        try (FSDirectory directory = FSDirectory.open(Paths.get(args[0]));
                DirectoryReader reader = DirectoryReader.open(directory)) {
            Ask ask = new Ask(reader, args[1]);
            for (String line; (line = lines.readLine()) != null; out.flush()) ask.answer(line, out);
        }
    }
}
