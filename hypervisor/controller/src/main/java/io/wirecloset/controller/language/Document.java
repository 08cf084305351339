package io.wirecloset.controller.language;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A source taken apart (rules.md 7.2): every word has its place, none has been asked yet what it means. */
record Document(Map<String, Macro> macros, List<Tag> tags, List<Capability> capabilities, List<Statement> rules) {
    sealed interface Statement {}

    /** @param arguments of tee, watch and redirect */
    record Action(Word keyword, List<Word> arguments, List<Match> matches) implements Statement {}

    record Include(Word name, List<Word> arguments) implements Statement {}

    record Match(Word keyword, boolean not, boolean or, List<Word> arguments) {}

    /** @param parameters with their {@code $} */
    record Macro(Word name, List<String> parameters, List<Statement> body) {}

    /** @param first one line of a tag: {@code id}, {@code default}, {@code flag} or {@code enum} */
    record Clause(Word first, List<Word> arguments) {}

    record Tag(Word name, List<Clause> clauses) {}

    /** @param clauses {@code id} and {@code default} */
    record Capability(Word name, List<Clause> clauses, List<Statement> body) {}

    static Document parse(String source) throws RuleError {
        return new Parser(Word.of(source)).document();
    }

    /** Reads words from left to right; each method takes what its name says. */
    private static final class Parser {
        private final List<Word> words;
        private int at;

        Parser(List<Word> words) {
            this.words = words;
        }

        Document document() throws RuleError {
            Map<String, Macro> macros = new LinkedHashMap<>();
            List<Tag> tags = new ArrayList<>();
            List<Capability> capabilities = new ArrayList<>();
            List<Statement> rules = new ArrayList<>();
            while (!isAtEnd()) {
                Word word = next();
                switch (word.folded()) {
                    case Word.END -> {
                        // one too many does no harm
                    }
                    case "macro" -> {
                        Macro macro = macro(word);
                        if (macros.putIfAbsent(macro.name().folded(), macro) != null) {
                            throw new RuleError(macro.name(), "there is a macro of this name already");
                        }
                    }
                    case "tag" -> tags.add(tag(word));
                    case "cap" -> capabilities.add(capability(word));
                    default -> rules.add(statement(word, "an action, a definition or 'include'"));
                }
            }
            return new Document(macros, tags, capabilities, rules);
        }

        private Statement statement(Word word, String expected) throws RuleError {
            String keyword = word.folded();
            if (keyword.equals("include")) {
                return include(word);
            }
            if (keyword.equals("priority")) {
                throw new RuleError(word, "'priority' cannot be sent to members, so no rule can be made of it");
            }
            if (!Vocabulary.isAction(keyword)) {
                throw new RuleError(word, "expected " + expected + ", found '" + word.text() + "'");
            }
            int count =
                    switch (keyword) {
                        case "tee", "watch" -> 2;
                        case "redirect" -> 1;
                        default -> 0;
                    };
            List<Word> arguments = new ArrayList<>();
            while (arguments.size() < count) {
                arguments.add(argument(word, count == 2 && arguments.isEmpty() ? "how many bytes" : "a node address"));
            }
            return new Action(word, arguments, matches(word));
        }

        /** Up to the {@code ;}. */
        private List<Match> matches(Word action) throws RuleError {
            List<Match> matches = new ArrayList<>();
            Word pending = null;
            boolean not = false;
            boolean or = false;
            while (!isAtEnd()) {
                Word word = next();
                String keyword = word.folded();
                switch (keyword) {
                    case Word.END -> {
                        return closed(matches, pending);
                    }
                    case "and" -> {
                        // says what is so anyway
                    }
                    case "not" -> {
                        not = true;
                        pending = word;
                    }
                    case "or" -> {
                        or = true;
                        pending = word;
                    }
                    default -> {
                        matches.add(new Match(word, not, or, matchArguments(word, action)));
                        not = false;
                        or = false;
                        pending = null;
                    }
                }
            }
            return closed(matches, pending);
        }

        private static List<Match> closed(List<Match> matches, Word pending) throws RuleError {
            if (pending != null) {
                throw new RuleError(pending, "'" + pending.text() + "' stands before a match, and there is none");
            }
            return matches;
        }

        private List<Word> matchArguments(Word match, Word action) throws RuleError {
            String keyword = match.folded();
            if (!Vocabulary.MATCHES.containsKey(keyword)) {
                throw new RuleError(
                        match,
                        "expected a match or the ';' of '" + action.text() + "' in line " + action.line() + ", found '"
                                + match.text() + "'");
            }
            int count = Vocabulary.TAKING_TWO.contains(keyword) ? 2 : 1;
            List<Word> arguments = new ArrayList<>(count);
            while (arguments.size() < count) {
                arguments.add(argument(match, count == 1 ? "a value" : "two values"));
            }
            return arguments;
        }

        private Word argument(Word of, String expected) throws RuleError {
            if (isAtEnd() || peek().isEnd()) {
                throw new RuleError(of, "'" + of.text() + "' takes " + expected);
            }
            Word argument = next();
            if (Vocabulary.isReserved(argument.folded())) {
                String hint = argument.folded().equals("icmp") ? " (for the protocol say icmp4 or icmp6)" : "";
                throw new RuleError(
                        argument,
                        "'" + of.text() + "' takes " + expected + ", and '" + argument.text()
                                + "' is a word of the language" + hint);
            }
            return argument;
        }

        private Include include(Word keyword) throws RuleError {
            if (isAtEnd() || peek().isEnd()) {
                throw new RuleError(keyword, "'include' takes the name of a macro");
            }
            Word called = next();
            return new Include(called.as(nameOf(called)), inParentheses(called));
        }

        private Macro macro(Word keyword) throws RuleError {
            Word called = definitionName(keyword);
            Word name = called.as(nameOf(called));
            checkName(name);
            List<String> parameters = new ArrayList<>();
            for (Word parameter : inParentheses(called)) {
                if (!parameter.text().startsWith("$") || parameter.text().length() < 2) {
                    throw new RuleError(parameter, "expected a parameter like $port, found '" + parameter.text() + "'");
                }
                if (parameters.contains(parameter.text())) {
                    throw new RuleError(parameter, "there is a parameter of this name already");
                }
                parameters.add(parameter.text());
            }
            List<Statement> body = new ArrayList<>();
            definition(keyword, name, body, null);
            return new Macro(name, parameters, body);
        }

        private Capability capability(Word keyword) throws RuleError {
            Word name = definitionName(keyword);
            checkName(name);
            List<Clause> clauses = new ArrayList<>();
            List<Statement> body = new ArrayList<>();
            definition(keyword, name, body, clauses);
            return new Capability(name, clauses, body);
        }

        /**
         * What stands in a macro or a capability, up to its {@code ;}.
         *
         * @param clauses null for a macro
         */
        private void definition(Word keyword, Word name, List<Statement> body, List<Clause> clauses) throws RuleError {
            boolean bareBefore = false;
            boolean moreAfterBare = false;
            while (!isAtEnd()) {
                Word word = next();
                if (word.isEnd()) {
                    return;
                }
                moreAfterBare |= bareBefore;
                if (clauses != null && word.folded().equals("id")) {
                    clauses.add(new Clause(word, List.of(argument(word, "a number"))));
                } else if (clauses != null && word.folded().equals("default")) {
                    clauses.add(new Clause(word, List.of()));
                } else if (Vocabulary.DEFINITIONS.contains(word.folded())) {
                    throw notClosed(word, keyword, name);
                } else {
                    Statement statement = statement(word, "an action, 'include' or the ';' of '" + name.text() + "'");
                    bareBefore = statement instanceof Action action
                            && action.matches().isEmpty();
                    body.add(statement);
                }
            }
            // Stock compilers end a definition at the ';' of "accept;". What follows would silently change its place.
            if (moreAfterBare) {
                throw notClosed(name, keyword, name);
            }
        }

        private static RuleError notClosed(Word at, Word keyword, Word name) {
            return new RuleError(
                    at,
                    "'" + keyword.text() + " " + name.text() + "' in line " + keyword.line()
                            + " is not closed: it needs a ';' of its own behind its last rule");
        }

        private Tag tag(Word keyword) throws RuleError {
            Word name = definitionName(keyword);
            checkName(name);
            List<Clause> clauses = new ArrayList<>();
            while (!isAtEnd()) {
                Word word = next();
                switch (word.folded()) {
                    case Word.END -> {
                        return new Tag(name, clauses);
                    }
                    case "id" -> clauses.add(new Clause(word, List.of(argument(word, "a number"))));
                    case "default" -> clauses.add(new Clause(word, List.of(argument(word, "a value"))));
                    case "flag" ->
                        clauses.add(
                                new Clause(word, List.of(argument(word, "bits"), argument(word, "bits and a name"))));
                    case "enum" ->
                        clauses.add(new Clause(
                                word, List.of(argument(word, "a number"), argument(word, "a number and a name"))));
                    default ->
                        throw new RuleError(
                                word, "expected id, default, flag, enum or ';' in a tag, found '" + word.text() + "'");
                }
            }
            return new Tag(name, clauses);
        }

        private Word definitionName(Word keyword) throws RuleError {
            if (isAtEnd() || peek().isEnd()) {
                throw new RuleError(keyword, "'" + keyword.text() + "' takes a name");
            }
            return next();
        }

        /** What is before the parentheses. */
        private static String nameOf(Word called) {
            int open = called.text().indexOf('(');
            return open < 0 ? called.text() : called.text().substring(0, open);
        }

        /** {@code a} and {@code b} of {@code name(a,b)}. */
        private static List<Word> inParentheses(Word called) throws RuleError {
            String text = called.text();
            int open = text.indexOf('(');
            if (open < 0) {
                return List.of();
            }
            if (!text.endsWith(")")) {
                throw new RuleError(called, "expected ')' at the end: name, '(' and ')' stand together without blanks");
            }
            List<Word> words = new ArrayList<>();
            int from = open + 1;
            while (from < text.length() - 1) {
                int comma = text.indexOf(',', from);
                int to = comma < 0 ? text.length() - 1 : comma;
                words.add(new Word(text.substring(from, to), called.line(), called.column() + from));
                from = to + 1;
            }
            return words;
        }

        private boolean isAtEnd() {
            return at == words.size();
        }

        private Word peek() {
            return words.get(at);
        }

        private Word next() {
            return words.get(at++);
        }
    }

    /** Letters of any script, digits and underscores, the first no digit, no word of the language. */
    static void checkName(Word name) throws RuleError {
        String text = name.folded();
        boolean wellFormed = !text.isEmpty()
                && !Character.isDigit(text.codePointAt(0))
                && text.codePoints().allMatch(c -> c == '_' || Character.isLetter(c) || Character.isDigit(c));
        if (!wellFormed) {
            throw new RuleError(
                    name, "'" + name.text() + "' is no name: letters, digits and '_', and no digit in front");
        }
        if (Vocabulary.isReserved(text)) {
            throw new RuleError(name, "'" + name.text() + "' is a word of the language, not a name");
        }
    }
}
