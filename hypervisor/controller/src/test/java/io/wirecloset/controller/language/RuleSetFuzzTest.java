package io.wirecloset.controller.language;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Any text as a source: it compiles to rules that can be made, or is refused with a place that it has. */
class RuleSetFuzzTest {
    @FuzzTest
    void source(byte[] data) {
        String source = new String(data, StandardCharsets.UTF_8);
        RuleSet made;
        try {
            made = RuleSet.compile(source);
        } catch (RuleError error) {
            check(error.line() >= 1
                    && error.line() <= source.chars().filter(c -> c == '\n').count() + 1);
            check(error.column() >= 1 && error.column() <= source.length() + 1);
            check(!error.getMessage().isEmpty());
            return;
        }
        made.table();
        formsStayWhatTheyAre(made.rules());
        made.capabilities().values().forEach(capability -> {
            capability.table();
            formsStayWhatTheyAre(capability.rules());
        });
    }

    /** What the compiler writes means the same after a controller has written it its own way. */
    private static void formsStayWhatTheyAre(List<Map<String, Object>> forms) {
        for (Map<String, Object> form : forms) {
            check(RuleForm.read(RuleForm.render(RuleForm.read(form))).equals(RuleForm.read(form)));
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("not as it should be");
        }
    }
}
