/* Run: the work of bench/relevance.c given to Lucene 8, as its documentation sets it up: the
 * English analyzer, BM25 with its defaults, any word of a topic.
 *
 *   java Run.java REPORTS.jsonl TOPICS INDEX > RUN
 *
 * Title and text are one field, as a reader searches them; an answer is 1,000 reports deep.
 */
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

public final class Run {
    private static final int DEPTH = 1000;

    private static void index(Path reports, Directory directory, Analyzer analyzer)
            throws IOException {
        IndexWriterConfig config = new IndexWriterConfig(analyzer);
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setSimilarity(new BM25Similarity());
        try (IndexWriter writer = new IndexWriter(directory, config);
                BufferedReader lines = Files.newBufferedReader(reports, StandardCharsets.UTF_8)) {
            for (String line; (line = lines.readLine()) != null; ) {
                Report report = new Report(line);
                Document document = new Document();
                document.add(new StringField("id", report.text("id"), Field.Store.YES));
                document.add(new TextField("text", report.words(), Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    private static void ask(
            IndexSearcher searcher, Analyzer analyzer, String id, String topic, PrintStream out)
            throws IOException {
        Query query = new QueryBuilder(analyzer).createBooleanQuery("text", topic);
        if (query == null) query = new MatchNoDocsQuery();
        int rank = 0;
        for (ScoreDoc hit : searcher.search(query, DEPTH).scoreDocs)
            out.println(id + " Q0 " + searcher.doc(hit.doc).get("id") + " " + ++rank + " "
                    + hit.score + " lucene");
    }

    private static void askAll(Path topics, Directory directory, Analyzer analyzer, PrintStream out)
            throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setSimilarity(new BM25Similarity());
            String id = "";
            StringBuilder text = new StringBuilder();
            for (String line : Files.readAllLines(topics, StandardCharsets.UTF_8)) {
                if (line.startsWith("<num>"))
                    id = line.replaceFirst("^<num>\\s*(Number:)?\\s*", "").trim();
                else if (line.startsWith("<title>"))
                    text.append(line.substring("<title>".length()));
                else if (line.startsWith("</top>")) {
                    ask(searcher, analyzer, id, text.toString(), out);
                    text.setLength(0);
                } else if (!line.startsWith("<"))
                    text.append(' ').append(line);
            }
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: Run REPORTS.jsonl TOPICS INDEX");
            System.exit(64);
        }
        Analyzer analyzer = new EnglishAnalyzer();
        try (Directory directory = FSDirectory.open(Paths.get(args[2]));
                PrintStream out = new PrintStream(System.out, false, "UTF-8")) {
            index(Paths.get(args[0]), directory, analyzer);
            askAll(Paths.get(args[1]), directory, analyzer, out);
        }
    }
}
