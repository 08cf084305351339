package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What was read otherwise than it was written: entries left out, fields that mean nothing. Said in the answer. */
final class Notes {
    /** More would only repeat what is wrong. */
    private static final int MAX = 32;

    private static final int MAX_CHARS = 200;

    private final List<String> all = new ArrayList<>();

    void add(String field, String what) {
        if (all.size() < MAX) {
            String note = field + ": " + what;
            all.add(note.length() <= MAX_CHARS ? note : note.substring(0, MAX_CHARS) + "…");
        }
    }

    List<String> all() {
        return List.copyOf(all);
    }

    /** Says them in an object that is answered. @return the object */
    ObjectNode into(ObjectNode answer) {
        if (!all.isEmpty()) {
            ArrayNode notes = Own.of(answer).putArray("notes");
            all.forEach(notes::add);
        }
        return answer;
    }
}
