import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Adds up the test reports of a run: a line a module, every skip with its reason, every failure by name. */
public final class Summary {
    private record Count(int passed, int failed, int skipped) {
        Count plus(Count o) {
            return new Count(passed + o.passed, failed + o.failed, skipped + o.skipped);
        }
    }

    public static void main(String[] args) throws Exception {
        int exitCode = Integer.parseInt(args[0]);
        Map<String, Count> modules = new TreeMap<>();
        Map<String, List<String>> skips = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        for (int i = 1; i < args.length; i++) {
            Path file = Path.of(args[i]);
            String module = file.getParent().getParent().getParent().toString().replaceFirst("^\\./", "");
            var cases = factory.newDocumentBuilder().parse(file.toFile()).getElementsByTagName("testcase");
            for (int c = 0; c < cases.getLength(); c++) {
                Element test = (Element) cases.item(c);
                String name = test.getAttribute("classname").replaceFirst(".*\\.", "") + "." + test.getAttribute("name");
                Element failed = child(test, "failure", "error");
                Element skipped = child(test, "skipped");
                if (failed != null) {
                    failures.add(module + ": " + name + ": " + firstLine(failed.getAttribute("message")));
                } else if (skipped != null) {
                    skips.computeIfAbsent(reason(skipped), k -> new ArrayList<>()).add(name);
                }
                var one = failed != null ? new Count(0, 1, 0) : skipped != null ? new Count(0, 0, 1) : new Count(1, 0, 0);
                modules.merge(module, one, Count::plus);
            }
        }
        Count all = new Count(0, 0, 0);
        for (var e : modules.entrySet()) {
            all = all.plus(e.getValue());
            System.out.printf("  %-28s %5d passed %3d failed %3d skipped%n", e.getKey(), e.getValue().passed(), e.getValue().failed(), e.getValue().skipped());
        }
        skips.forEach((why, names) -> System.out.printf("  skipped %d (%s): %s%n", names.size(), why.isBlank() ? "no reason given" : why, String.join(", ", names.subList(0, Math.min(3, names.size()))) + (names.size() > 3 ? ", …" : "")));
        failures.forEach(f -> System.out.println("  FAILED " + f));
        if (exitCode != 0 && failures.isEmpty()) {
            System.out.println("  the build itself failed: see the output above");
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", all.passed(), all.failed() + (exitCode != 0 && failures.isEmpty() ? 1 : 0), all.skipped());
    }

    private static Element child(Element parent, String... names) {
        NodeList children = parent.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            Node n = children.item(i);
            if (n instanceof Element e && List.of(names).contains(e.getTagName())) {
                return e;
            }
        }
        return null;
    }

    /** Conditions say it in the attribute, assumptions in the first line of the text. */
    private static String reason(Element skipped) {
        String said = skipped.getAttribute("message");
        String text = said.isBlank() ? skipped.getTextContent().strip() : said;
        return firstLine(text).replaceFirst("^org\\.opentest4j\\.TestAbortedException: (Assumption failed: )?", "");
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 160 ? line.substring(0, 160) + "…" : line;
    }
}
