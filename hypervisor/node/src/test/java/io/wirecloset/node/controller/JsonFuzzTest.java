package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Any bytes as a file and as a body: what is read is written and read again the same, what is not is refused, and no
 * other exception comes out. Runs over its seeds in every build, and on its own with {@code JAZZER_FUZZ=1}.
 */
class JsonFuzzTest {
    private static final long NETWORK = 0x63f07dc54b000abcL;
    private static final long ALICE = 0x465b562e8dL;

    @FuzzTest
    void networkFile(byte[] data) {
        try {
            ObjectNode file = Json.object(data);
            Network network = NetworkJson.read(NETWORK, file, new Notes());
            ObjectNode rest = NetworkJson.rest(file);
            ObjectNode again = Json.object(Json.bytes(NetworkJson.write(network, rest)));
            assertThat(NetworkJson.read(NETWORK, again, new Notes())).isEqualTo(network);
            assertThat(NetworkJson.rest(again)).isEqualTo(rest);
        } catch (Refusal e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest
    void memberFile(byte[] data) {
        try {
            ObjectNode file = Json.object(data);
            Member member = MemberJson.read(NETWORK, ALICE, file, new Notes());
            ObjectNode rest = MemberJson.rest(file);
            ObjectNode again = Json.object(Json.bytes(MemberJson.write(member, rest)));
            assertThat(MemberJson.read(NETWORK, ALICE, again, new Notes())).isEqualTo(member);
            assertThat(MemberJson.rest(again)).isEqualTo(rest);
        } catch (Refusal e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest
    void networkWish(byte[] data) {
        try {
            ObjectNode wish = Json.object(data);
            NetworkSpec spec = NetworkJson.change(NetworkSpec.DEFAULT, wish, NetworkJson.fresh(), new Notes());
            ObjectNode asked = Json.object();
            NetworkJson.write(spec, asked);
            Notes notes = new Notes();
            assertThat(NetworkJson.change(NetworkSpec.DEFAULT, asked, NetworkJson.fresh(), notes))
                    .isEqualTo(spec);
            assertThat(notes.all()).isEmpty();
        } catch (Refusal e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    /** A whole request: network and member are changed by the same body, then read. */
    @FuzzTest
    void apiBodies(byte[] data) throws Exception {
        Path folder = Files.createTempDirectory("wirecloset-api-fuzz");
        try {
            SectionRig rig = new SectionRig(folder);
            rig.post("/controller/network/" + SectionRig.NETWORK, "{}");
            for (List<String> path : List.of(
                    List.of("controller", "network", SectionRig.NETWORK),
                    List.of("controller", "network", SectionRig.NETWORK, "member", "465b562e8d"))) {
                try {
                    ApiResponse answer = rig.section.answer(new ApiRequest("POST", path, data));
                    assertThat(answer.status()).isIn(200, 400);
                } catch (ApiRequest.BadRequest e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
                rig.poll();
            }
            assertThat(new SectionRig(folder).store.problems()).isEmpty();
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
