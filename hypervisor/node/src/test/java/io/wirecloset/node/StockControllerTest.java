package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.loop.SecureRandomSource;
import io.wirecloset.vl1.wire.Addresses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Our controller and the stock one side by side, and each with what is the other's. */
@NeedsRoot
@EnabledIfEnvironmentVariable(named = StockNode.VARIABLE, matches = ".+")
class StockControllerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int OURS = 2;
    private static final int STOCK = 3;
    /** The controller's address in what is asked. */
    private static final String SELF = "SELF";

    private static final String NETWORK = "/controller/network/SELF000abc";
    private static final String MEMBER = NETWORK + "/member/1122334455";
    private static final long A_TIME = 1_000_000_000_000L;

    @TempDir
    Path folder;

    private Lab lab;
    private LocalHttp owner;

    @BeforeEach
    void root() throws Exception {
        lab = new Lab(folder, new SecureRandomSource());
        lab.started(1);
        owner = new LocalHttp(lab.host(OURS), lab.home(OURS).path());
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private record Ask(String method, String path, String body) {}

    private static Ask get(String path) {
        return new Ask("GET", path, null);
    }

    private static Ask post(String path, String body) {
        return new Ask("POST", path, body.replace('\'', '"'));
    }

    private static Ask delete(String path) {
        return new Ask("DELETE", path, null);
    }

    /** In order: each finds what those before it left. */
    private static final List<Ask> ASKED = List.of(
            get("/controller"),
            get("/controller/network"),
            get(NETWORK),
            get(NETWORK + "/member"),
            post(NETWORK, "{}"),
            get(NETWORK),
            get("/controller/network"),
            get(NETWORK + "/member"),
            post(NETWORK, "{'private':[]}"),
            post(NETWORK, "{'private':'no'}"),
            post(NETWORK, "{'private':2}"),
            post(NETWORK, "{'private':'yes'}"),
            post(NETWORK, "{'private':'1'}"),
            post(NETWORK, "{'private':0.4}"),
            post(NETWORK, "{'private':null}"),
            post(NETWORK, "{'enableBroadcast':null}"),
            post(NETWORK, "{'enableBroadcast':'true'}"),
            post(NETWORK, "{'mtu':1500.7}"),
            post(NETWORK, "{'mtu':'1400'}"),
            post(NETWORK, "{'mtu':99999}"),
            post(NETWORK, "{'mtu':1}"),
            post(NETWORK, "{'mtu':null}"),
            post(NETWORK, "{'multicastLimit':'77'}"),
            post(NETWORK, "{'multicastLimit':0}"),
            post(NETWORK, "{'multicastLimit':null}"),
            post(NETWORK, "{'name':5}"),
            post(NETWORK, "{'name':1.5}"),
            post(NETWORK, "{'name':true}"),
            post(NETWORK, "{'name':'\u00fc \ud83d\ude00'}"),
            post(NETWORK, "{'name':null}"),
            post(NETWORK, "{'v4AssignMode':'zt'}"),
            post(NETWORK, "{'v4AssignMode':'no'}"),
            post(NETWORK, "{'v4AssignMode':{'zt':'t'}}"),
            post(NETWORK, "{'v4AssignMode':{}}"),
            post(NETWORK, "{'v4AssignMode':null}"),
            post(NETWORK, "{'v6AssignMode':'rfc4193,6plane'}"),
            post(NETWORK, "{'v6AssignMode':null}"),
            post(NETWORK, "{'v6AssignMode':{'6plane':1,'rfc4193':false,'zt':false,'x':1}}"),
            post(
                    NETWORK,
                    "{'routes':[{'target':'10.1.0.0/0'},{'target':'10.1.2.3/16','via':'10.1.0.9/8'},"
                            + "{'target':'fd00::/8','via':null},{'target':'fd00::1/64','via':'fd00::2'},"
                            + "{'target':'10.2.0.0/16','via':'fd00::2'},{'target':'bogus'},{'target':'10.0.0.0/33'},5]}"),
            post(NETWORK, "{'routes':{}}"),
            post(NETWORK, "{'routes':null}"),
            post(
                    NETWORK,
                    "{'ipAssignmentPools':[{'ipRangeStart':'10.1.0.9','ipRangeEnd':'10.1.0.1'},"
                            + "{'ipRangeStart':'fd00::1/64','ipRangeEnd':'fd00::ff'},{'ipRangeStart':'10.1.0.1'},"
                            + "{'ipRangeStart':'10.1.0.1','ipRangeEnd':'fd00::ff'},{'ipRangeStart':'x','ipRangeEnd':'y'}]}"),
            post(NETWORK, "{'dns':[]}"),
            post(NETWORK, "{'dns':{'domain':'d.test','servers':['10.1.0.1','fd00::53']}}"),
            post(NETWORK, "{'dns':null}"),
            post(NETWORK, "{'rules':5,'authTokens':[null],'capabilities':[],'tags':'no','remoteTraceTarget':'short'}"),
            post(
                    NETWORK,
                    "{'id':'x','revision':99,'creationTime':5,'objtype':'y','nwid':'z','ssoEnabled':true,"
                            + "'rulesSource':'abc','clientId':'q','unknown':1}"),
            new Ask("PUT", NETWORK, "{\"name\":\"put\"}"),
            get("/controller/nothing"),
            delete("/controller"),
            get("/controller/network/xyz"),
            post("/controller/network/xyz", "{}"),
            post("/controller/network/1122334455______", "{}"),
            get(MEMBER),
            post(MEMBER, "{}"),
            get(NETWORK + "/member"),
            post(MEMBER, "{'authorized':true}"),
            post(MEMBER, "{'authorized':true}"),
            post(MEMBER, "{'authorized':'false'}"),
            post(MEMBER, "{'authorized':1}"),
            post(MEMBER, "{'authorized':null}"),
            post(MEMBER, "{'activeBridge':'t','noAutoAssignIps':1}"),
            post(MEMBER, "{'ipAssignments':['10.1.0.5','10.1.0.6/24','x','fd00::5']}"),
            post(MEMBER, "{'ipAssignments':null}"),
            post(MEMBER, "{'name':'laptop'}"),
            post(MEMBER, "{'name':5}"),
            post(MEMBER, "{'tags':[],'capabilities':[],'lastAuthorizedTime':5,'foo':1,'vMajor':9,'identity':'x'}"),
            get(MEMBER),
            get(NETWORK + "/member/zz"),
            post("/controller/network/SELF000fff/member/1122334455", "{}"),
            get("/controller/network/SELF000fff/member"),
            get("/unstable/controller/network"),
            get("/unstable/controller/network/SELF000abc/member"),
            delete(MEMBER),
            delete(MEMBER),
            delete(NETWORK),
            delete(NETWORK),
            get("/controller/network"));

    // Controller checklist 3 to 8, 11, 13, 34
    @Test
    void answersTheSameRequestsAsTheStockController() throws Exception {
        try (StandAloneController ours =
                        StandAloneController.start(lab.node(OURS).start());
                StockNode stock = new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000))) {
            String self = Addresses.format(Lab.IDENTITIES.get(OURS - 1).address());
            for (Ask ask : ASKED) {
                assertThat(said(owner, ask, self)).as("%s", ask).isEqualTo(said(stock.api(), ask, stock.address()));
            }
        }
    }

    private static String said(LocalHttp api, Ask ask, String self) throws IOException {
        LocalHttp.Answer answer = api.send(ask.method(), ask.path().replace(SELF, self), ask.body());
        return answer.status() + " " + comparable(answer.body()).toString().replace(self, SELF);
    }

    /** Times are times, our own notes are ours, and what stock controllers leave out of a mode is false. */
    private static JsonNode comparable(JsonNode value) {
        if (value.isNumber() && value.asLong() > A_TIME) {
            return TextNode.valueOf("<time>");
        }
        if (value instanceof ArrayNode list) {
            ArrayNode same = JsonNodeFactory.instance.arrayNode();
            list.forEach(one -> same.add(comparable(one)));
            return same;
        }
        if (!value.isObject()) {
            return value;
        }
        ObjectNode same = JsonNodeFactory.instance.objectNode();
        value.properties().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .filter(field -> !field.getKey().equals("wirecloset"))
                .forEach(field -> same.set(field.getKey(), comparable(field.getValue())));
        return same;
    }

    // Controller checklist 12, 13, 20, 21, 27, 28
    @Test
    void aStockClientIsLetInFollowsChangesAndIsPutOut() throws Exception {
        try (StandAloneController ours =
                        StandAloneController.start(lab.node(OURS).start());
                StockNode client = new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000))) {
            String id = owner.post(
                            "/controller/network",
                            "{\"name\":\"lab\",\"v4AssignMode\":{\"zt\":true},\"v6AssignMode\":{\"6plane\":true},"
                                    + "\"routes\":[{\"target\":\"10.90.0.0/24\"}],\"ipAssignmentPools\":"
                                    + "[{\"ipRangeStart\":\"10.90.0.1\",\"ipRangeEnd\":\"10.90.0.99\"}]}")
                    .body()
                    .get("id")
                    .asText();
            String member = "/controller/network/" + id + "/member/" + client.address();
            client.api().post("/network/" + id, "{}");
            awaitStatus(client, id, "ACCESS_DENIED");

            owner.post(member, "{\"authorized\":true}");
            awaitStatus(client, id, "OK");
            JsonNode joined = client.api().get("/network/" + id).body();
            assertThat(joined.get("name").asText()).isEqualTo("lab");
            assertThat(joined.get("assignedAddresses")).hasSize(2);
            String address = owner.get(member).body().at("/ipAssignments/0").asText();
            assertThat(joined.get("assignedAddresses").toString())
                    .contains(address + "/24")
                    .contains("/40");
            assertThat(lab.run(STOCK, "ip", "addr"))
                    .contains("inet " + address + "/24")
                    .contains("inet6 fc");

            owner.post(member, "{\"ipAssignments\":[\"10.90.0.77\"]}");
            await().atMost(PATIENCE).until(() -> client.api()
                    .get("/network/" + id)
                    .body()
                    .get("assignedAddresses")
                    .toString()
                    .contains("10.90.0.77/24"));

            owner.post(member, "{\"authorized\":false}");
            awaitStatus(client, id, "ACCESS_DENIED");
        }
    }

    private static void awaitStatus(StockNode client, String id, String status) {
        await().atMost(PATIENCE)
                .until(
                        () -> client.api()
                                .get("/network/" + id)
                                .body()
                                .path("status")
                                .asText(),
                        status::equals);
    }

    // Controller checklist 35
    @Test
    void aStockControllersDirectoryIsTakenOverAndGivenBack() throws Exception {
        Path home = folder.resolve("shared");
        String path;
        JsonNode network;
        JsonNode member;
        try (StockNode stock = new StockNode(lab, STOCK, home, lab.planet(1_000))) {
            path = "/controller/network/" + stock.address() + "000abc";
            stock.api()
                    .post(
                            path,
                            "{\"name\":\"stock's\",\"routes\":[{\"target\":\"10.90.0.0/24\"}],"
                                    + "\"tags\":[{\"id\":1,\"default\":2}],\"remoteTraceLevel\":3}");
            network = stock.api().get(path).body();
            member = stock.api()
                    .post(path + "/member/1122334455", "{\"authorized\":true,\"name\":\"m\",\"tags\":[[1,7]]}")
                    .body();
        }
        try (StandAloneController ours = StandAloneController.start(Node.builder(HomeDirectory.open(home))
                .port(Lab.PORT)
                .namespace(lab.host(STOCK))
                .start())) {
            LocalHttp api = new LocalHttp(lab.host(STOCK), home);
            assertThat(comparable(api.get(path).body())).isEqualTo(comparable(network));
            assertThat(comparable(api.get(path + "/member/1122334455").body())).isEqualTo(comparable(member));
            network = api.post(path, "{\"name\":\"ours\"}").body();
            member = api.post(path + "/member/1122334455", "{\"authorized\":false}")
                    .body();
        }
        try (StockNode stock = new StockNode(lab, STOCK, home, lab.planet(1_000))) {
            assertThat(comparable(stock.api().get(path).body())).isEqualTo(comparable(network));
            assertThat(comparable(stock.api().get(path + "/member/1122334455").body()))
                    .isEqualTo(comparable(member));
        }
    }
}
