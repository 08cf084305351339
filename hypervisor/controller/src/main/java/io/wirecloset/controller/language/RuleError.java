package io.wirecloset.controller.language;

/** What is wrong with a source, and where. The message says what was expected, in words for the one who wrote it. */
public final class RuleError extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    RuleError(Word at, String message) {
        super(message, null, false, false);
        line = at.line();
        column = at.column();
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** From 1; tabs count as one. */
    public int column() {
        return column;
    }

    /** {@code line:column: message}, to be put behind a file's name. */
    public String where() {
        return line + ":" + column + ": " + getMessage();
    }
}
