package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/**
 * Keeps a controller's networks and members in the stock controller's files (controller.md 9), one object each, so that
 * either can be started on the other's directory. Fields it does not know stay as they were. Beside them stands the mark
 * of the signing clock.
 *
 * <p>Belongs to the control loop; what touches the disk runs on a thread of its own, in order, and completes on the loop.
 *
 * <p>A file that cannot be read, or says what is not served, is left alone: its network is not served, nothing is
 * written over it, and {@link #problems} says why.
 */
public final class FileStore implements Store {
    private static final String NETWORKS = "network";
    private static final String SIGNING_CLOCK = "signing-clock";
    private static final Pattern NETWORK_FILE = Pattern.compile("([0-9a-f]{16})\\.json");
    private static final Pattern MEMBER_FILE = Pattern.compile("([0-9a-f]{10})\\.json");
    private static final int MAX_RECORD_BYTES = 4 << 20;
    private static final int MAX_CLOCK_BYTES = 64;

    private final RecordFiles files;
    private final Executor disk;
    private final Executor loop;

    // control loop only
    private final Map<Long, KeptNetwork> networks = new HashMap<>();
    private final Map<MemberKey, KeptMember> members = new HashMap<>();
    private final Map<String, Unserved> unserved = new TreeMap<>();
    private long reservedUntilMs;

    private record MemberKey(long networkId, long address) {}

    private record KeptNetwork(Network network, ObjectNode rest) {}

    private record KeptMember(Member member, ObjectNode rest) {}

    /**
     * A file that is left alone.
     *
     * @param object what it says, or null if that cannot be read
     */
    private record Unserved(ObjectNode object, String why) {}

    private static final class Found {
        final List<KeptNetwork> networks = new ArrayList<>();
        final List<KeptMember> members = new ArrayList<>();
        final Map<String, Unserved> unserved = new TreeMap<>();
        long reservedUntilMs;
    }

    /** What a change does to the disk. */
    private interface Deed {
        void run() throws IOException;
    }

    /**
     * @param folder the controller's own, {@code controller.d} in a home directory
     * @param disk runs one thing at a time, in order; may block
     * @param loop posts to the control loop
     */
    public FileStore(Path folder, Executor disk, Executor loop) {
        this.files = new RecordFiles(folder);
        this.disk = disk;
        this.loop = loop;
    }

    // ---- reading

    @Override
    public void load(Loading loading) {
        disk.execute(() -> {
            try {
                Found found = read();
                loop.execute(() -> take(found, loading));
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> loading.failed("the controller's files cannot be read: " + e.getMessage()));
            }
        });
    }

    private void take(Found found, Loading loading) {
        found.networks.forEach(kept -> networks.put(kept.network().id(), kept));
        found.members.forEach(kept -> members.put(key(kept.member()), kept));
        unserved.putAll(found.unserved);
        reservedUntilMs = found.reservedUntilMs;
        loading.loaded(new Contents(
                found.networks.stream().map(KeptNetwork::network).toList(),
                found.members.stream().map(KeptMember::member).toList(),
                reservedUntilMs));
    }

    private Found read() throws IOException {
        Found found = new Found();
        found.reservedUntilMs = readMark();
        for (String id : files.list(NETWORKS, NETWORK_FILE)) {
            long networkId = NetworkIds.parse(id);
            readRecord(found, networkFile(networkId), file -> {
                Notes notes = new Notes();
                Network network = NetworkJson.read(networkId, file, notes);
                requireWhole(notes);
                found.networks.add(new KeptNetwork(network, NetworkJson.rest(file)));
            });
            for (String address : files.list(membersFolder(networkId), MEMBER_FILE)) {
                readMember(found, networkId, Addresses.parse(address));
            }
        }
        return found;
    }

    private void readMember(Found found, long networkId, long address) {
        readRecord(found, memberFile(networkId, address), file -> {
            Notes notes = new Notes();
            Member member = MemberJson.read(networkId, address, file, notes);
            requireWhole(notes);
            found.members.add(new KeptMember(member, MemberJson.rest(file)));
        });
    }

    /** Entries that mean nothing would be gone with the next change. */
    private static void requireWhole(Notes notes) {
        if (!notes.all().isEmpty()) {
            throw new Refusal(409, notes.all().getFirst());
        }
    }

    private interface Reading {
        void take(ObjectNode file);
    }

    private void readRecord(Found found, String name, Reading reading) {
        ObjectNode object = null;
        try {
            Optional<byte[]> bytes = files.read(name, MAX_RECORD_BYTES);
            if (bytes.isPresent()) {
                object = Json.object(bytes.get());
                reading.take(object);
            }
        } catch (IOException | Refusal e) {
            found.unserved.put(name, new Unserved(object, e.getMessage()));
        }
    }

    /** Nothing may be signed below a mark that cannot be read, so there is no going on without it. */
    private long readMark() throws IOException {
        Optional<byte[]> bytes = files.read(SIGNING_CLOCK, MAX_CLOCK_BYTES);
        if (bytes.isEmpty()) {
            return 0;
        }
        String text = new String(bytes.get(), StandardCharsets.US_ASCII).trim();
        try {
            long mark = Long.parseLong(text);
            if (mark >= 0) {
                return mark;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IOException(SIGNING_CLOCK + " holds no time in milliseconds");
    }

    // ---- writing

    @Override
    public void commit(Change change, Completion completion) {
        switch (change) {
            case Change.PutNetwork put -> put(put.network(), completion);
            case Change.PutMember put -> put(put.member(), completion);
            case Change.DeleteNetwork delete -> deleteNetwork(delete.networkId(), completion);
            case Change.DeleteMember delete ->
                carryOut(
                        memberFile(delete.networkId(), delete.address()),
                        () -> files.delete(memberFile(delete.networkId(), delete.address())),
                        () -> members.remove(new MemberKey(delete.networkId(), delete.address())),
                        completion);
            case Change.ReserveTimestamps reserve -> reserve(reserve.untilMs(), completion);
        }
    }

    private void put(Network network, Completion completion) {
        KeptNetwork before = networks.get(network.id());
        ObjectNode rest = before == null ? Json.object() : before.rest();
        byte[] bytes = Json.bytes(NetworkJson.write(network, rest));
        carryOut(
                networkFile(network.id()),
                () -> {
                    if (before == null) {
                        files.deleteFolder(membersFolder(network.id()));
                    }
                    files.write(networkFile(network.id()), bytes);
                },
                () -> networks.put(network.id(), new KeptNetwork(network, rest)),
                completion);
    }

    private void put(Member member, Completion completion) {
        ObjectNode rest = restOfMember(member.networkId(), member.address());
        byte[] bytes = Json.bytes(MemberJson.write(member, rest));
        carryOut(
                memberFile(member.networkId(), member.address()),
                () -> files.write(memberFile(member.networkId(), member.address()), bytes),
                () -> members.put(key(member), new KeptMember(member, rest)),
                completion);
    }

    /** The network goes first: members without one are nobody, and are swept away before there is one again. */
    private void deleteNetwork(long networkId, Completion completion) {
        carryOut(
                networkFile(networkId),
                () -> {
                    files.delete(networkFile(networkId));
                    sweepMembers(networkId);
                },
                () -> {
                    networks.remove(networkId);
                    members.keySet().removeIf(key -> key.networkId() == networkId);
                    unserved.keySet().removeIf(file -> file.startsWith(membersFolder(networkId)));
                },
                completion);
    }

    /** Once the network is gone nothing can fail any more: what stays is swept away before its id is used again. */
    private void sweepMembers(long networkId) {
        try {
            files.deleteFolder(membersFolder(networkId));
            files.deleteFolder(NETWORKS + "/" + NetworkIds.format(networkId));
        } catch (IOException e) {
            // A folder with something foreign in it. It is nobody's.
        }
    }

    private void reserve(long untilMs, Completion completion) {
        long mark = Math.max(untilMs, reservedUntilMs);
        carryOut(
                SIGNING_CLOCK,
                () -> files.write(SIGNING_CLOCK, (mark + "\n").getBytes(StandardCharsets.US_ASCII)),
                () -> reservedUntilMs = Math.max(reservedUntilMs, mark),
                completion);
    }

    private void carryOut(String file, Deed deed, Runnable stored, Completion completion) {
        if (unserved.containsKey(file)) {
            completion.failed(file + " is left as it is: " + unserved.get(file).why());
            return;
        }
        disk.execute(() -> {
            try {
                deed.run();
                loop.execute(() -> {
                    stored.run();
                    completion.done();
                });
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> completion.failed(file + " cannot be written: " + e.getMessage()));
            }
        });
    }

    // ---- what there is besides

    /** Files that are left alone and why, by name. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        unserved.forEach((file, one) -> problems.put(file, one.why()));
        return problems;
    }

    /** What the network's file says besides what is served. */
    ObjectNode restOfNetwork(long networkId) {
        KeptNetwork kept = networks.get(networkId);
        return kept == null ? Json.object() : kept.rest();
    }

    /** What the member's file says besides what is served. */
    ObjectNode restOfMember(long networkId, long address) {
        KeptMember kept = members.get(new MemberKey(networkId, address));
        return kept == null ? Json.object() : kept.rest();
    }

    /** Why a network that has a file is not served, if so. */
    Optional<String> whyNotServed(long networkId) {
        return Optional.ofNullable(unserved.get(networkFile(networkId))).map(Unserved::why);
    }

    /** What the file of a network that is not served says; empty if it cannot be read. */
    Optional<ObjectNode> notServed(long networkId) {
        return Optional.ofNullable(unserved.get(networkFile(networkId))).map(Unserved::object);
    }

    /** Networks that have a file and are not served, ascending. */
    List<Long> notServed() {
        return unserved.keySet().stream()
                .map(name -> Pattern.compile(NETWORKS + "/" + NETWORK_FILE).matcher(name))
                .filter(java.util.regex.Matcher::matches)
                .map(match -> NetworkIds.parse(match.group(1)))
                .toList();
    }

    private static MemberKey key(Member member) {
        return new MemberKey(member.networkId(), member.address());
    }

    private static String networkFile(long networkId) {
        return NETWORKS + "/" + NetworkIds.format(networkId) + ".json";
    }

    private static String membersFolder(long networkId) {
        return NETWORKS + "/" + NetworkIds.format(networkId) + "/member";
    }

    private static String memberFile(long networkId, long address) {
        return membersFolder(networkId) + "/" + Addresses.format(address) + ".json";
    }
}
