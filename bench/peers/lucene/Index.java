/* Index: reports indexed by Lucene 8: positions, English stems, no stop words; the facets actor,
 * region and month as its facet module has them; the documents in the order of days, newest
 * first; the text stored.
 *
 *   java Index REPORTS.jsonl INDEX [THREADS]
 */
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.FSDirectory;

public final class Index {
    private static final String END = "";

    static final Analyzer WORDS =
            new Analyzer() {
                @Override
                protected TokenStreamComponents createComponents(String field) {
                    Tokenizer words = new StandardTokenizer();
                    TokenStream stems =
                            new SnowballFilter(new LowerCaseFilter(words), "English");
                    return new TokenStreamComponents(words, stems);
                }

                @Override
                public int getPositionIncrementGap(String field) {
                    return 100; // no phrase reaches from the title into the text
                }
            };

    static FacetsConfig facets() {
        FacetsConfig config = new FacetsConfig();
        config.setMultiValued("actor", true);
        config.setMultiValued("region", true);
        return config;
    }

    static Sort newestFirst() {
        SortField day = new SortField("day", SortField.Type.INT, true);
        day.setMissingValue(Integer.MIN_VALUE);
        return new Sort(day);
    }

    private static Document document(Report report) {
        Document document = new Document();
        document.add(new StringField("id", report.text("id"), Field.Store.YES));
        document.add(new TextField("text", report.text("title"), Field.Store.YES));
        document.add(new TextField("text", report.text("text"), Field.Store.YES));
        String date = report.text("date");
        if (!date.isEmpty()) {
            int day = Integer.parseInt(date.replace("-", ""));
            document.add(new IntPoint("day", day));
            document.add(new NumericDocValuesField("day", day));
            document.add(new StoredField("date", date));
            document.add(new SortedSetDocValuesFacetField("month", date.substring(0, 7)));
        }
        for (String actor : report.values("actors"))
            document.add(new SortedSetDocValuesFacetField("actor", actor));
        for (String region : report.values("regions"))
            document.add(new SortedSetDocValuesFacetField("region", region));
        return document;
    }

    private static Void add(BlockingQueue<String> lines, IndexWriter writer)
            throws IOException, InterruptedException {
        FacetsConfig config = facets();
        for (String line; !(line = lines.take()).equals(END); )
            writer.addDocument(config.build(document(new Report(line))));
        return null;
    }

    private static void index(Path reports, IndexWriter writer, int threads)
            throws IOException, InterruptedException, ExecutionException {
        BlockingQueue<String> queue = new ArrayBlockingQueue<>(1000);
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        List<Future<Void>> added = new ArrayList<>();
        for (int i = 0; i < threads; i++) added.add(workers.submit(() -> add(queue, writer)));
        try (BufferedReader lines = Files.newBufferedReader(reports, StandardCharsets.UTF_8)) {
            for (String line; (line = lines.readLine()) != null; ) queue.put(line);
        }
        for (int i = 0; i < threads; i++) queue.put(END);
        for (Future<Void> one : added) one.get();
        workers.shutdown();
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            System.err.println("usage: Index REPORTS.jsonl INDEX [THREADS]");
            System.exit(64);
        }
        IndexWriterConfig config = new IndexWriterConfig(WORDS);
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setIndexSort(newestFirst());
        config.setRAMBufferSizeMB(256);
        try (FSDirectory directory = FSDirectory.open(Paths.get(args[1]));
                IndexWriter writer = new IndexWriter(directory, config)) {
            index(Paths.get(args[0]), writer, args.length > 2 ? Integer.parseInt(args[2]) : 1);
            writer.forceMerge(1);
        }
    }
}
