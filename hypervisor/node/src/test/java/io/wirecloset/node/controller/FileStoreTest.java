package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.Authorization;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.RemoteTrace;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controller checklist 35: files survive a restart; a stock controller's directory can be read. */
class FileStoreTest {
    private static final long NETWORK = 0x63f07dc54b000abcL;
    private static final long ALICE = 0x465b562e8dL;
    private static final String NETWORK_JSON = "network/63f07dc54b000abc.json";
    private static final String ALICE_JSON = "network/63f07dc54b000abc/member/465b562e8d.json";

    @TempDir
    Path folder;

    private final List<String> outcomes = new ArrayList<>();
    private final Completion outcome = new Completion() {
        @Override
        public void done() {
            outcomes.add("done");
        }

        @Override
        public void failed(String why) {
            outcomes.add(why);
        }
    };

    @Test
    void whatWasStoredIsThereAfterARestart() {
        FileStore store = loaded();
        Network network = new Network(NETWORK, SPEC, 7, 1_700_000_000_000L);
        MemberSpec wanted = new MemberSpec(SectionRig.ALICE, "laptop", true, true, true, SPEC_IPS)
                .with()
                .tags(Map.of(1L, 2L, 4_294_967_295L, 4_294_967_295L))
                .capabilities(List.of(7L, 3L))
                .remoteTrace(new RemoteTrace("1122334455", 20))
                .authenticationExpiryMs(9)
                .build();
        Member member = Member.create(NETWORK, ALICE, wanted, 5, Authorization.byToken(5, "secret"));
        commit(store, new Change.PutNetwork(network));
        commit(store, new Change.PutMember(member));
        commit(store, new Change.ReserveTimestamps(1_700_000_100_000L));
        assertThat(outcomes).containsOnly("done").hasSize(3);

        Store.Contents contents = contents(loaded());
        assertThat(contents.networks()).containsExactly(network);
        assertThat(contents.members()).containsExactly(member);
        assertThat(contents.reservedUntilMs()).isEqualTo(1_700_000_100_000L);
    }

    private static final NetworkSpec SPEC = NetworkJson.change(
            NetworkSpec.DEFAULT,
            Json.object(
                    ("{\"name\":\"n\",\"private\":false,\"enableBroadcast\":false,\"multicastLimit\":5,\"mtu\":1400,"
                                    + "\"v4AssignMode\":{\"zt\":true},\"v6AssignMode\":{\"6plane\":true,\"rfc4193\":true,\"zt\":true},"
                                    + "\"routes\":[{\"target\":\"10.7.0.0/16\"},{\"target\":\"10.8.0.0/16\",\"via\":\"10.7.0.1\"}],"
                                    + "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.7.1.1\",\"ipRangeEnd\":\"10.7.1.99\"}],"
                                    + "\"rules\":[{\"type\":\"MATCH_IP_PROTOCOL\",\"not\":true,\"ipProtocol\":6},{\"type\":\"ACTION_DROP\"}],"
                                    + "\"capabilities\":[{\"id\":5,\"default\":true,\"rules\":[{\"type\":\"ACTION_ACCEPT\"}]},{\"id\":2}],"
                                    + "\"tags\":[{\"id\":9,\"default\":4294967295},{\"id\":5,\"default\":null}],"
                                    + "\"authTokens\":{\"secret\":0,\"old\":1000},"
                                    + "\"remoteTraceTarget\":\"1122334455\",\"remoteTraceLevel\":15,"
                                    + "\"dns\":{\"domain\":\"d.test\",\"servers\":[\"10.7.0.1\",\"fd00::1\"]}}")
                            .getBytes(StandardCharsets.UTF_8)),
            Json.object(),
            new Notes());
    private static final List<io.wirecloset.controller.model.IpAddress> SPEC_IPS =
            List.of(io.wirecloset.controller.model.IpAddress.parse("10.7.0.9"));

    @Test
    void assignedAddressesStayAssignedAndStockControllersSeeThemAll() throws IOException {
        FileStore store = loaded();
        Member member = Member.create(NETWORK, ALICE, new MemberSpec(null, true, false, false, SPEC_IPS), 5)
                .withAssigned(List.of(io.wirecloset.controller.model.IpAddress.parse("10.7.1.5")));
        commit(store, new Change.PutNetwork(new Network(NETWORK, SPEC, 1, 1)));
        commit(store, new Change.PutMember(member));
        assertThat(json(ALICE_JSON).get("ipAssignments").toString()).isEqualTo("[\"10.7.0.9\",\"10.7.1.5\"]");
        assertThat(contents(loaded()).members()).containsExactly(member);
    }

    @Test
    void fieldsThatAreNotOursStayAsTheyWere() throws IOException {
        write(
                NETWORK_JSON,
                "{'id':'63f07dc54b000abc','name':'n','private':true,'clientId':'c','somethingElse':{'a':[1,2.50,1e999]}}");
        write(
                ALICE_JSON,
                "{'id':'465b562e8d','authorized':true,'vMajor':1,'ssoExempt':true,'lastAuthorizedCredentialType':'other','note':'mine'}");
        FileStore store = loaded();
        assertThat(store.problems()).isEmpty();
        Store.Contents contents = contents(store);
        commit(store, new Change.PutNetwork(contents.networks().getFirst().with(SPEC)));
        commit(
                store,
                new Change.PutMember(contents.members()
                        .getFirst()
                        .with(contents.members().getFirst().spec().withAuthorized(false), 9)));
        JsonNode network = json(NETWORK_JSON);
        assertThat(network.get("name").asText()).isEqualTo("n");
        assertThat(network.get("mtu").asInt()).isEqualTo(1400);
        assertThat(network.get("clientId").asText()).isEqualTo("c");
        assertThat(network.get("somethingElse").toString()).isEqualTo("{\"a\":[1,2.50,1E+999]}");
        JsonNode member = json(ALICE_JSON);
        assertThat(member.get("authorized").asBoolean()).isFalse();
        assertThat(member.get("ssoExempt").asBoolean()).isTrue();
        assertThat(member.get("lastAuthorizedCredentialType").asText()).isEqualTo("other");
        assertThat(member.get("vMajor").asInt()).isEqualTo(1);
        assertThat(member.get("note").asText()).isEqualTo("mine");
    }

    @Test
    void everyFieldOfTheStockControllersObjectsIsWritten() throws IOException {
        FileStore store = loaded();
        commit(store, new Change.PutNetwork(new Network(NETWORK, NetworkSpec.DEFAULT, 1, 1)));
        commit(store, new Change.PutMember(Member.create(NETWORK, ALICE, MemberSpec.AUTHORIZED, 1)));
        JsonNode step = SectionRig.SCENARIOS.getFirst().get("steps").get(1).get("response");
        assertThat(names(json(NETWORK_JSON))).isEqualTo(names(step));
        JsonNode member =
                SectionRig.SCENARIOS.get(1).get("steps").get(2).get("response").deepCopy();
        ((ObjectNode) member).remove("identity");
        assertThat(names(json(ALICE_JSON))).isEqualTo(names(member));
        assertThat(Files.readString(folder.resolve(NETWORK_JSON))).doesNotContain("\n");
    }

    @Test
    void aNetworkWhoseRulesCannotBeIssuedIsNotServedAndNotTouched() throws IOException {
        String strict = "{'id':'63f07dc54b000abc','rules':[{'type':'ACTION_LATER'},{'type':'ACTION_ACCEPT'}]}";
        write(NETWORK_JSON, strict);
        FileStore store = loaded();
        assertThat(contents(store).networks()).isEmpty();
        assertThat(store.problems().get(NETWORK_JSON)).contains("rules");
        commit(store, new Change.PutNetwork(new Network(NETWORK, NetworkSpec.DEFAULT, 1, 1)));
        assertThat(outcomes.getFirst()).contains("left as it is").contains("rules");
        assertThat(Files.readString(folder.resolve(NETWORK_JSON))).isEqualTo(strict.replace('\'', '"'));

        SectionRig rig = new SectionRig(folder);
        String path = "/controller/network/63f07dc54b000abc";
        assertThat(rig.get("/controller/network").body()).hasSize(1);
        assertThat(rig.get(path).body().at("/wirecloset/notes/0").asText()).contains("rules");
        assertThat(rig.post(path, "{}").status()).isEqualTo(409);
        assertThat(rig.delete(path).status()).isEqualTo(409);
    }

    @Test
    void filesThatCannotBeReadAreLeftAloneAndNamed() throws IOException {
        write(NETWORK_JSON, "{}");
        write(ALICE_JSON, "{'authorized':tr");
        write("network/63f07dc54b000abd.json", "[]");
        write(
                "network/63f07dc54b000abc/member/1122334455.json",
                "{'identity':'" + SectionRig.ALICE.toPublicText() + "'}");
        write("network/63f07dc54b000abc/member/1122334456.json", "{'ipAssignments':['not an address']}");
        write("network/63f07dc54b000abc/member/README", "not ours");
        FileStore store = loaded();
        assertThat(contents(store).networks()).hasSize(1);
        assertThat(contents(store).members()).isEmpty();
        assertThat(store.problems()).hasSize(4);
        commit(store, new Change.PutMember(Member.create(NETWORK, ALICE, MemberSpec.AUTHORIZED, 1)));
        assertThat(outcomes.getFirst()).contains("left as it is");
    }

    @Test
    void halfAFileUnderItsTemporaryNameIsNeverRead() throws IOException {
        FileStore store = loaded();
        commit(store, new Change.PutNetwork(new Network(NETWORK, SPEC, 1, 1)));
        write("network/.63f07dc54b000abc.json.new", "{'name':'hal");
        write("network/.63f07dc54b000abd.json.new", "{}");
        write(".signing-clock.new", "99");
        assertThat(contents(loaded()).networks()).containsExactly(new Network(NETWORK, SPEC, 1, 1));
        assertThat(contents(loaded()).reservedUntilMs()).isZero();
        commit(loaded(), new Change.PutNetwork(new Network(NETWORK, SPEC, 2, 1)));
        assertThat(folder.resolve("network/.63f07dc54b000abc.json.new")).doesNotExist();
    }

    @Test
    void membersLeftBehindByACrashDoNotComeBackWithANewNetwork() throws IOException {
        write(ALICE_JSON, "{'authorized':true}");
        FileStore store = loaded();
        assertThat(contents(store).members()).isEmpty();
        commit(store, new Change.PutNetwork(new Network(NETWORK, SPEC, 1, 1)));
        assertThat(folder.resolve(ALICE_JSON)).doesNotExist();
    }

    @Test
    void deletedNetworksAndMembersAreGone() {
        FileStore store = loaded();
        commit(store, new Change.PutNetwork(new Network(NETWORK, SPEC, 1, 1)));
        commit(store, new Change.PutMember(Member.create(NETWORK, ALICE, MemberSpec.AUTHORIZED, 1)));
        commit(store, new Change.PutMember(Member.create(NETWORK, ALICE + 1, MemberSpec.AUTHORIZED, 1)));
        commit(store, new Change.DeleteMember(NETWORK, ALICE));
        assertThat(contents(loaded()).members()).hasSize(1);
        commit(store, new Change.DeleteNetwork(NETWORK));
        assertThat(folder.resolve("network")).isEmptyDirectory();
        assertThat(outcomes).containsOnly("done");
    }

    @Test
    void aChangeThatCannotBeWrittenFailsWithTheReason() throws IOException {
        Files.createFile(folder.resolve("network"));
        commit(loadedFrom(folder.resolve("other")), new Change.ReserveTimestamps(5));
        commit(
                new FileStore(folder, Runnable::run, Runnable::run),
                new Change.PutNetwork(new Network(NETWORK, SPEC, 1, 1)));
        assertThat(outcomes).hasSize(2);
        assertThat(outcomes.get(0)).isEqualTo("done");
        assertThat(outcomes.get(1)).contains("cannot be written");
    }

    @Test
    void theControlLoopNeverWaitsForTheDisk() {
        Deque<Runnable> disk = new ArrayDeque<>();
        Deque<Runnable> loop = new ArrayDeque<>();
        FileStore store = new FileStore(folder, disk::add, loop::add);
        store.commit(new Change.ReserveTimestamps(5), outcome);
        assertThat(folder.resolve("signing-clock")).doesNotExist();
        disk.remove().run();
        assertThat(folder.resolve("signing-clock")).exists();
        assertThat(outcomes).isEmpty();
        loop.remove().run();
        assertThat(outcomes).containsExactly("done");
    }

    @Test
    void theMarkOfTheSigningClockNeverGoesDown() {
        FileStore store = loaded();
        commit(store, new Change.ReserveTimestamps(9));
        commit(store, new Change.ReserveTimestamps(5));
        assertThat(contents(loaded()).reservedUntilMs()).isEqualTo(9);
    }

    private void commit(FileStore store, Change change) {
        store.commit(change, outcome);
    }

    private FileStore loaded() {
        return loadedFrom(folder);
    }

    private static FileStore loadedFrom(Path folder) {
        FileStore store = new FileStore(folder, Runnable::run, Runnable::run);
        contents(store);
        return store;
    }

    static Store.Contents contents(FileStore store) {
        List<Store.Contents> all = new ArrayList<>();
        store.load(new Store.Loading() {
            @Override
            public void loaded(Store.Contents contents) {
                all.add(contents);
            }

            @Override
            public void failed(String why) {
                throw new AssertionError(why);
            }
        });
        return all.getFirst();
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text.replace('\'', '"'));
    }

    private JsonNode json(String name) throws IOException {
        return Json.object(Files.readAllBytes(folder.resolve(name)));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        names.sort(null);
        return names;
    }
}
