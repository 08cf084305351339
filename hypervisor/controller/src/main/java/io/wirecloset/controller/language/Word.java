package io.wirecloset.controller.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What stands between blanks in a source, or the {@code ;} that ends it (rules.md 7.1).
 *
 * @param line and column where it begins, from 1
 */
record Word(String text, int line, int column) {
    static final String END = ";";

    boolean isEnd() {
        return text.equals(END);
    }

    /** Keywords may be written in any case. */
    String folded() {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The same place, another text. */
    Word as(String other) {
        return new Word(other, line, column);
    }

    /** @throws RuleError for a semicolon in the middle of a word, which ends nothing */
    static List<Word> of(String source) throws RuleError {
        List<Word> words = new ArrayList<>();
        int line = 1;
        int lineAt = 0;
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\n') {
                line++;
                lineAt = ++at;
            } else if (isBlank(c)) {
                at++;
            } else if (c == '#') {
                at = end(source, at, false);
            } else {
                int end = end(source, at, true);
                add(new Word(source.substring(at, end), line, at - lineAt + 1), words);
                at = end;
            }
        }
        return words;
    }

    /** @return where the word, or the line, that stands at {@code at} ends */
    private static int end(String source, int at, boolean ofWord) {
        int end = at;
        while (end < source.length() && source.charAt(end) != '\n' && !(ofWord && isBlank(source.charAt(end)))) {
            end++;
        }
        return end;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    private static void add(Word word, List<Word> to) throws RuleError {
        String text = word.text();
        boolean ends = text.endsWith(END);
        String rest = ends ? text.substring(0, text.length() - 1) : text;
        int inside = rest.indexOf(END);
        if (inside >= 0) {
            throw new RuleError(
                    new Word(END, word.line(), word.column() + inside),
                    "a ';' ends something only behind a word or alone, so there must be a blank after it");
        }
        if (!rest.isEmpty()) {
            to.add(word.as(rest));
        }
        if (ends) {
            to.add(new Word(END, word.line(), word.column() + rest.length()));
        }
    }
}
