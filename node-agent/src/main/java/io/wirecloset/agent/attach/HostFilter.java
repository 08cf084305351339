package io.wirecloset.agent.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.transport.nftables.Nftables;
import io.wirecloset.transport.nftables.NftablesException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps our two tables of the host's packet filter as {@link FilterRules} and {@link PodFilterRules} say. Each change is
 * one transaction: there is no moment with half a filter. Any thread.
 */
public final class HostFilter implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAC_CHARACTERS = 17;
    private static final List<String> FAMILIES = List.of(FilterRules.FAMILY, PodFilterRules.FAMILY);

    private final Nftables nftables;

    public HostFilter(Nftables nftables) {
        this.nftables = nftables;
    }

    /**
     * Puts both tables in order.
     *
     * @param tapped networks with their TAPs, which need not exist yet
     * @param attachments whose host links exist
     */
    void replaceAll(Collection<FilterRules.Tapped> tapped, Collection<Attachment> attachments) throws IOException {
        nftables.apply(whole(tapped, attachments));
    }

    private static String whole(Collection<FilterRules.Tapped> tapped, Collection<Attachment> attachments) {
        Nft.Batch batch = new Nft.Batch();
        List<Attachment> onNetworks = attachments.stream()
                .filter(a -> tapped.stream().anyMatch(t -> t.network().id() == a.networkId()))
                .toList();
        FilterRules.replaceAll(batch, tapped, onNetworks);
        PodFilterRules.replaceAll(batch, attachments);
        FilterRules.edition(batch, withoutPods(tapped));
        return batch.toString();
    }

    private static String withoutPods(Collection<FilterRules.Tapped> tapped) {
        Nft.Batch batch = new Nft.Batch();
        FilterRules.replaceAll(batch, tapped, List.of());
        PodFilterRules.replaceAll(batch, List.of());
        return batch.toString();
    }

    /** @param a whose host link exists and whose network is in the table */
    void addPod(Attachment a) throws IOException {
        Nft.Batch batch = new Nft.Batch();
        FilterRules.addPod(batch, a);
        PodFilterRules.addPod(batch, a);
        nftables.apply(batch.toString());
    }

    /** Whether what the pod says is filtered. */
    boolean filters(Attachment a) throws IOException {
        Nft.Batch batch = new Nft.Batch();
        PodFilterRules.listPod(batch, a.hostLink());
        try {
            nftables.apply(batch.toString());
            return true;
        } catch (NftablesException e) {
            return false;
        }
    }

    /** Leads the node's ports to the pod. */
    void addPorts(Attachment a) throws IOException {
        Nft.Batch batch = new Nft.Batch();
        HostPortRules.addPod(batch, a);
        nftables.apply(batch.toString());
    }

    /** Which ports of the node lead to which pod, as the kernel has it; empty without the table. */
    Map<InetAddress, List<PortMapping>> ports() throws IOException {
        String listing = nftables.listTable(FilterRules.FAMILY, FilterRules.TABLE);
        return listing == null
                ? Map.of()
                : HostPortRules.read(JSON.readTree(listing).path("nftables"));
    }

    /** Leads them there no more; those that meanwhile lead elsewhere are left alone. */
    void removePorts(Attachment a) throws IOException {
        Nft.Batch batch = new Nft.Batch();
        HostPortRules.removePod(batch, a);
        ignoringAbsence(batch);
    }

    /** Removes what is there of them, in one transaction where all of it is there. */
    void removePods(Collection<Attachment> attachments) throws IOException {
        Nft.Batch batch = new Nft.Batch();
        for (Attachment a : attachments) {
            FilterRules.removePod(batch, a);
            PodFilterRules.removeElements(batch, a);
            PodFilterRules.removeChain(batch, a.hostLink());
        }
        try {
            nftables.apply(batch.toString());
        } catch (NftablesException e) {
            for (Attachment a : attachments) {
                removePod(a);
            }
        }
    }

    private void removePod(Attachment a) throws IOException {
        Nft.Batch elements = new Nft.Batch();
        FilterRules.removePod(elements, a);
        ignoringAbsence(elements);
        Nft.Batch words = new Nft.Batch();
        PodFilterRules.removeElements(words, a);
        ignoringAbsence(words);
        Nft.Batch chain = new Nft.Batch();
        PodFilterRules.removeChain(chain, a.hostLink());
        ignoringAbsence(chain);
    }

    /** The table, the set or the chain may be gone; what remains of a refusal for another reason is found by {@link #isIntact}. */
    private void ignoringAbsence(Nft.Batch batch) throws IOException {
        try {
            nftables.apply(batch.toString());
        } catch (NftablesException e) {
            boolean gone = e.getMessage().contains("No such file or directory");
            boolean othersByNow = e.getMessage().contains("File exists");
            if (!gone && !othersByNow) {
                throw e;
            }
        }
    }

    /** Whether both tables hold the rules and the pods they should, and no more. */
    boolean isIntact(Collection<FilterRules.Tapped> tapped, Collection<Attachment> attachments) throws IOException {
        Map<String, List<String>> wanted = shapeOfCommands(whole(tapped, attachments));
        Map<String, List<String>> found = new TreeMap<>();
        for (String family : FAMILIES) {
            String listing = nftables.listTable(family, FilterRules.TABLE);
            if (listing == null) {
                return false;
            }
            JSON.readTree(listing).path("nftables").forEach(object -> addShape(found, object));
        }
        found.values().removeIf(List::isEmpty);
        return wanted.equals(found);
    }

    /** What a filter consists of, less handles and counters: chain or set → its rules' names or its elements. */
    private static Map<String, List<String>> shapeOfCommands(String commands) throws IOException {
        Map<String, List<String>> shape = new TreeMap<>();
        JSON.readTree(commands).path("nftables").forEach(command -> addShape(shape, command.path("add")));
        shape.values().removeIf(List::isEmpty);
        return shape;
    }

    private static void addShape(Map<String, List<String>> shape, JsonNode object) {
        JsonNode rule = object.path("rule");
        if (rule.isObject()) {
            String chain = rule.path("family").asText() + " chain "
                    + rule.path("chain").asText();
            shape.computeIfAbsent(chain, c -> new ArrayList<>())
                    .add(rule.path("comment").asText());
        }
        for (String kind : List.of("set", "map")) {
            JsonNode set = object.path(kind);
            if (set.isObject()) {
                List<String> elements = new ArrayList<>();
                set.path("elem").forEach(e -> elements.add(element(e)));
                elements.sort(null);
                shape.put(
                        set.path("family").asText() + " set " + set.path("name").asText(), elements);
            }
        }
    }

    /** Of a set a concatenation, of a map a pair of a concatenation and a value. */
    private static String element(JsonNode element) {
        if (element.isArray()) {
            return element(element.path(0)) + " : " + part(element.path(1));
        }
        StringBuilder text = new StringBuilder();
        element.path("concat").forEach(p -> text.append(part(p)).append(' '));
        return text.toString();
    }

    /** The library shortens addresses of IPv6 in another way than the JDK does, and names protocols where it can. */
    private static String part(JsonNode part) {
        String text = part.asText();
        Long protocol = HostPortRules.NUMBERS.get(text);
        boolean isMac = text.length() == MAC_CHARACTERS && text.charAt(2) == ':' && text.charAt(14) == ':';
        if (protocol != null) {
            return protocol.toString();
        }
        return text.contains(":") && !isMac ? InetAddress.ofLiteral(text).getHostAddress() : text;
    }

    /** How many packets each dropping rule has dropped: by family, chain and name of the rule. */
    public Map<String, Long> drops() throws IOException {
        Map<String, Long> drops = new TreeMap<>();
        for (String family : FAMILIES) {
            String listing = nftables.listTable(family, FilterRules.TABLE);
            if (listing != null) {
                JSON.readTree(listing).path("nftables").forEach(object -> addDrops(drops, object.path("rule")));
            }
        }
        return drops;
    }

    private static void addDrops(Map<String, Long> drops, JsonNode rule) {
        rule.path("expr").forEach(expression -> {
            if (expression.has("counter")) {
                String name =
                        rule.path("chain").asText() + " " + rule.path("comment").asText();
                drops.put(name, expression.path("counter").path("packets").asLong());
            }
        });
    }

    /** Removes both tables. */
    public void removeAll() throws IOException {
        Nft.Batch batch = new Nft.Batch();
        for (String family : FAMILIES) {
            batch.add("table", Nft.table(family, FilterRules.TABLE));
            batch.delete("table", Nft.table(family, FilterRules.TABLE));
        }
        nftables.apply(batch.toString());
    }

    @Override
    public void close() {
        nftables.close();
    }
}
