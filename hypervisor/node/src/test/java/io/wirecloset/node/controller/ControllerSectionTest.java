package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.vl2.config.NetworkConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControllerSectionTest {
    private static final String NETWORK = "/controller/network/" + SectionRig.NETWORK;
    private static final String ALICE = NETWORK + "/member/465b562e8d";

    @TempDir
    Path folder;

    private SectionRig rig;

    @BeforeEach
    void start() {
        rig = new SectionRig(folder);
    }

    // Controller checklist 4
    @Test
    void aNetworkIsMadeUnderARandomIdOfTheController() {
        String id =
                rig.post("/controller/network", "{'name':'a'}").body().get("id").asText();
        assertThat(id).startsWith("63f07dc54b").doesNotEndWith("000000");
        JsonNode old = rig.post("/controller/network/63f07dc54b______", "{}").body();
        assertThat(old.get("id").asText()).startsWith("63f07dc54b").isNotEqualTo(id);
        assertThat(rig.get("/controller/network").body()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules | {'rules':[{'type':'MATCH_IPV4_SOURCE','ip':'no address'},{'type':'ACTION_DROP'}]}",
                "a network's name | {'name':'0123456789012345678901234567890123456789012345678901234567890123456789"
                        + "012345678901234567890123456789012345678901234567890123456789'}",
                "a multicast limit | {'multicastLimit':-1}",
                "dns | {'dns':{'domain':'x','servers':['1.1.1.1','1.1.1.2','1.1.1.3','1.1.1.4','1.1.1.5']}}"
            })
    void whatCannotBeCarriedIsRefusedByNameAndNothingChanges(String named, String wish) {
        rig.post(NETWORK, "{'name':'kept'}");
        JsonNode before = rig.get(NETWORK).body();
        ApiResponse answer = rig.post(NETWORK, wish);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("description").asText()).startsWith(named);
        assertThat(rig.get(NETWORK).body()).isEqualTo(before);
    }

    @Test
    void anObjectSentBackAsItWasReadChangesNothing() {
        rig.post(
                NETWORK,
                "{'name':'a','rules':[{'type':'MATCH_TAG_SENDER','id':7,'value':1,'or':true},{'type':'ACTION_ACCEPT'}],"
                        + "'capabilities':[{'id':4,'default':true,'rules':[{'type':'ACTION_DROP'}]}],"
                        + "'tags':[{'id':7,'default':1},{'id':8,'default':null}],'authTokens':{'t':0},"
                        + "'remoteTraceTarget':'1122334455','remoteTraceLevel':15,"
                        + "'routes':[{'target':'10.7.0.0/16'}],'v4AssignMode':{'zt':true},'dns':{'domain':'d','servers':['10.7.0.1']},"
                        + "'ipAssignmentPools':[{'ipRangeStart':'10.7.0.1','ipRangeEnd':'10.7.0.99'}]}");
        rig.post(
                ALICE,
                "{'authorized':true,'name':'laptop','tags':[[9,5]],'capabilities':[4,9],"
                        + "'remoteTraceTarget':'1122334456','authenticationExpiryTime':5}");
        rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
        JsonNode network = rig.get(NETWORK).body();
        JsonNode member = rig.get(ALICE).body();
        assertThat(member.get("ipAssignments")).hasSize(1);
        assertThat(rig.post(NETWORK, network.toString()).body()).isEqualTo(network);
        assertThat(rig.post(ALICE, member.toString()).body()).isEqualTo(member);
        assertThat(rig.controller
                        .member(0x63f07dc54b000abcL, 0x465b562e8dL)
                        .member()
                        .assigned())
                .hasSize(1);
    }

    // Controller checklist 9, 10, 15, 30, 33, 35
    @Test
    void everythingThatCanBeSetIsThereAfterARestartAndInTheNextConfiguration() {
        rig.post(
                NETWORK,
                "{'name':'a','private':true,'enableBroadcast':false,'multicastLimit':7,'mtu':1500,"
                        + "'rules':[{'type':'MATCH_TAG_SENDER','id':7,'value':1,'or':true},{'type':'ACTION_ACCEPT'}],"
                        + "'capabilities':[{'id':4,'default':true,'rules':[{'type':'ACTION_DROP'}]}],"
                        + "'tags':[{'id':7,'default':1},{'id':8,'default':null}],'authTokens':{'t':0},"
                        + "'remoteTraceTarget':'1122334455','remoteTraceLevel':15,"
                        + "'routes':[{'target':'10.7.0.0/16'},{'target':'fd77::/64'}],"
                        + "'v4AssignMode':{'zt':true},'v6AssignMode':{'zt':true,'6plane':true,'rfc4193':true},"
                        + "'ipAssignmentPools':[{'ipRangeStart':'fd77::','ipRangeEnd':'fd77::ffff:ffff:ffff:ffff'},"
                        + "{'ipRangeStart':'10.7.0.1','ipRangeEnd':'10.7.0.99'}],"
                        + "'dns':{'domain':'d','servers':['10.7.0.1']}}");
        rig.post(
                ALICE,
                "{'authorized':true,'name':'laptop','activeBridge':true,'tags':[[9,5]],'capabilities':[4,99],"
                        + "'remoteTraceTarget':'1122334456','remoteTraceLevel':20,'authenticationExpiryTime':5}");
        rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
        NetworkConfig before = rig.configs.getLast();
        SectionRig next = new SectionRig(folder);
        assertThat(next.store.problems()).isEmpty();
        assertThat(next.get(NETWORK).body()).isEqualTo(rig.get(NETWORK).body());
        assertThat(withoutVersion(next.get(ALICE).body()))
                .isEqualTo(withoutVersion(rig.get(ALICE).body()));

        next.wallMs = rig.wallMs;
        next.ask(SectionRig.ALICE, SectionRig.NETWORK);
        JsonNode again = ConfigPicture.of(next.configs.getLast(), SectionRig.CONTROLLER);
        assertThat(again).isEqualTo(ConfigPicture.of(before, SectionRig.CONTROLLER));
        assertThat(again.at("/tags")).hasSize(2);
        assertThat(again.at("/capabilities")).hasSize(1);
        assertThat(again.at("/staticIps")).hasSize(4);
        assertThat(again.at("/rules")).hasSize(2);
    }

    /** What it says of its software is not kept. */
    private static JsonNode withoutVersion(JsonNode member) {
        return ((ObjectNode) member.deepCopy()).remove(List.of("vMajor", "vMinor", "vRev", "vProto"));
    }

    @Test
    void whatIsLeftOutOrMeansNothingIsSaid() {
        JsonNode answer = rig.post(NETWORK, "{'privat':false,'routes':[{'target':'10.7.0.0/16'},{'target':'bogus'}]}")
                .body();
        assertThat(answer.get("routes")).hasSize(1);
        assertThat(answer.at("/wirecloset/notes").toString())
                .contains("privat: no such field")
                .contains("routes: left out")
                .contains("bogus");
        assertThat(rig.get(NETWORK).body().has("wirecloset")).isFalse();
    }

    @Test
    void aNetworkOfAnotherControllerIsRefusedWithTheReason() {
        ApiResponse answer = rig.post("/controller/network/8056c2e21c000001", "{}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().get("description").asText())
                .contains("8056c2e21c")
                .contains("63f07dc54b");
    }

    // Controller checklist 12, 13, 18
    @Test
    void aStrangerIsListedAndAuthorizingItPinsTheIdentityItAskedWith() {
        rig.post(NETWORK, "{}");
        rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
        assertThat(rig.configs).isEmpty();
        assertThat(rig.get(NETWORK + "/member").body().toString()).isEqualTo("{\"465b562e8d\":1}");
        assertThat(rig.get(ALICE).body().get("authorized").asBoolean()).isFalse();
        JsonNode member = rig.post(ALICE, "{'authorized':true,'name':'laptop'}").body();
        assertThat(member.get("identity").asText()).isEqualTo(SectionRig.ALICE.toPublicText());
        assertThat(member.get("name").asText()).isEqualTo("laptop");
        assertThat(member.get("lastAuthorizedCredentialType").asText()).isEqualTo("api");
        assertThat(rig.configs)
                .as("pushed without waiting for the next request")
                .hasSize(1);
    }

    @Test
    void aStrangerCanBeForgotten() {
        rig.post(NETWORK, "{}");
        rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
        assertThat(rig.delete(ALICE).status()).isEqualTo(200);
        assertThat(rig.get(NETWORK + "/member").body()).isEmpty();
        assertThat(rig.delete(ALICE).status()).isEqualTo(404);
    }

    // Controller checklist 20, 21
    @Test
    void aChangeIsPushedAndLosingAuthorizationRevokes() {
        rig.post(NETWORK, "{'routes':[{'target':'10.7.0.0/16'}]}");
        rig.post(ALICE, "{'authorized':true}");
        rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
        rig.configs.clear();
        rig.post(ALICE, "{'ipAssignments':['10.7.0.5','nonsense']}");
        assertThat(rig.configs).hasSize(1);
        assertThat(rig.configs.getFirst().staticAddresses().toString()).isEqualTo("[10.7.0.5/16]");
        rig.post(NETWORK, "{'v6AssignMode':{'6plane':true}}");
        assertThat(rig.configs).hasSize(2);
        rig.post(ALICE, "{'authorized':false}");
        assertThat(rig.revocations).hasSize(1);
    }

    @Test
    void whatIsNoPathOrMethodOfThisSectionIsNotAnswered() {
        assertThat(rig.delete("/controller")).isNull();
        assertThat(rig.get("/controller/nothing")).isNull();
        assertThat(rig.get(NETWORK + "/members/1")).isNull();
        assertThat(rig.delete("/controller/network")).isNull();
        assertThat(rig.post("/unstable/controller/network", "{}")).isNull();
    }

    @Test
    void whileTheFilesAreNotReadNothingIsAnsweredButThat() throws Exception {
        Files.writeString(folder.resolve("signing-clock"), "not a number");
        SectionRig broken = new SectionRig(folder);
        assertThat(broken.failures.toString()).contains("signing-clock");
        assertThat(broken.get("/controller").status()).isEqualTo(503);
        assertThat(broken.get("/controller").body().get("databaseReady").asBoolean())
                .isFalse();
        assertThat(broken.get("/controller/network").status()).isEqualTo(503);
        assertThat(broken.post(NETWORK, "{}").status()).isEqualTo(503);
    }

    @Test
    void deepOrBrokenBodiesAreRefused() {
        for (String body : List.of("", "[]", "nonsense", "{\"a\":")) {
            assertThat(bodyFails(body)).as(body).isTrue();
        }
    }

    private boolean bodyFails(String body) {
        try {
            rig.section.answer(new ApiRequest(
                    "POST",
                    List.of("controller", "network", SectionRig.NETWORK),
                    body.getBytes(StandardCharsets.UTF_8)));
            return false;
        } catch (ApiRequest.BadRequest e) {
            return true;
        }
    }
}
