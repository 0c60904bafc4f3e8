/* Report: a line of reports in JSON: strings, and arrays of strings, by their names. */
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class Report {
    private final Map<String, String> strings = new HashMap<>();
    private final Map<String, List<String>> lists = new HashMap<>();
    private final String line;
    private int at;

    Report(String line) {
        this.line = line;
        expect('{');
        while (next() != '}') {
            String name = string();
            expect(':');
            if (next() == '[')
                lists.put(name, list());
            else
                strings.put(name, string());
            if (next() == ',') at++;
        }
    }

    String text(String name) {
        return strings.getOrDefault(name, "");
    }

    List<String> values(String name) {
        return lists.getOrDefault(name, List.of());
    }

    /* Title and text are one field, as a reader searches them. */
    String words() {
        return text("title") + "\n" + text("text");
    }

    private char next() {
        while (line.charAt(at) == ' ') at++;
        return line.charAt(at);
    }

    private void expect(char c) {
        if (next() != c)
            throw new IllegalArgumentException("no '" + c + "' at " + at + " of: " + line);
        at++;
    }

    private List<String> list() {
        List<String> items = new ArrayList<>();
        expect('[');
        while (next() != ']') {
            items.add(string());
            if (next() == ',') at++;
        }
        at++;
        return items;
    }

    private String string() {
        expect('"');
        int end = at;
        while (line.charAt(end) != '"' && line.charAt(end) != '\\') end++;
        if (line.charAt(end) == '"') {
            String plain = line.substring(at, end);
            at = end + 1;
            return plain;
        }
        StringBuilder text = new StringBuilder();
        for (; line.charAt(at) != '"'; at++) {
            char c = line.charAt(at);
            text.append(c == '\\' ? escaped() : c);
        }
        at++;
        return text.toString();
    }

    private char escaped() {
        char c = line.charAt(++at);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(line.substring(at - 3, at + 1), 16);
        }
        return c == 'n' ? '\n' : c == 't' ? '\t' : "bfr".indexOf(c) >= 0 ? ' ' : c;
    }
}
