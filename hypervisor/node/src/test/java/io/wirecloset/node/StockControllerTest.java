package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.node.controller.ExternalController;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.wire.Addresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
        lab = new Lab(folder);
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
            post(
                    NETWORK,
                    "{'rules':[{'type':'MATCH_ETHERTYPE','etherType':'2048','not':1},{'type':'ACTION_DROP','not':true},"
                            + "{'type':'MATCH_IPV4_SOURCE','ip':'10.1.2.3/33','or':'t'},"
                            + "{'type':'MATCH_IPV6_DEST','ip':'FD00:0::1/64'},"
                            + "{'type':'MATCH_MAC_SOURCE','mac':'01-02-03-0a-05-06'},"
                            + "{'type':'MATCH_ICMP','icmpType':8,'icmpCode':null},{'type':'MATCH_ICMP','icmpType':8,'icmpCode':3},"
                            + "{'type':'MATCH_CHARACTERISTICS','mask':'8000000000000002'},"
                            + "{'type':'MATCH_IP_DEST_PORT_RANGE','start':80},{'type':'MATCH_FRAME_SIZE_RANGE','start':67584,'end':9},"
                            + "{'type':'MATCH_TAGS_EQUAL','id':7,'value':4294967295},{'type':'MATCH_RANDOM','probability':5},"
                            + "{'type':'ACTION_TEE','address':'1122334455','length':-1},"
                            + "{'type':'ACTION_REDIRECT','address':'1122334455','flags':3},{'type':'BOGUS'},{'type':5},"
                            + "{'type':'INTEGER_RANGE','start':1,'end':2,'idx':3},{'type':'ACTION_PRIORITY','qosBucket':3},"
                            + "{'type':'ACTION_BREAK'},{'type':'ACTION_ACCEPT'}]}"),
            post(NETWORK, "{'rules':[]}"),
            post(NETWORK, "{'rules':[{'type':'match_ethertype'},{'type':'ACTION_ACCEPT'}]}"),
            post(
                    NETWORK,
                    "{'capabilities':[{'id':20,'default':true,'rules':[{'type':'ACTION_ACCEPT'}]},{'id':'10','default':'1',"
                            + "'rules':[{'type':'MATCH_IP_PROTOCOL','ipProtocol':6},{'type':'BOGUS'}]},{'id':20},{'rules':5},5]}"),
            post(NETWORK, "{'capabilities':null}"),
            post(
                    NETWORK,
                    "{'tags':[{'id':9,'default':null},{'id':7,'default':5},{'id':7,'default':6},{'id':'3','default':'12'},"
                            + "{'id':4},{'default':0},{'id':4294967295,'default':4294967295},5]}"),
            post(NETWORK, "{'tags':{}}"),
            post(NETWORK, "{'authTokens':{'a':0,'b':5,'c':-1,'d':'7','f':null,'g':4102444800000}}"),
            post(NETWORK, "{'authTokens':{}}"),
            post(NETWORK, "{'remoteTraceTarget':'1122334455','remoteTraceLevel':15}"),
            post(NETWORK, "{'remoteTraceTarget':'not an id!','remoteTraceLevel':'7'}"),
            post(NETWORK, "{'remoteTraceTarget':5,'remoteTraceLevel':0}"),
            post(NETWORK, "{'v6AssignMode':{'6plane':false,'rfc4193':false,'zt':1}}"),
            post(NETWORK, "{'v6AssignMode':'zt,x'}"),
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
            post(MEMBER, "{'tags':[[7,6],[7,4],[1],5,['8','9'],[4294967295,4294967295],[1,2,3]]}"),
            post(MEMBER, "{'tags':null}"),
            post(MEMBER, "{'capabilities':[20,10,10,99,'5']}"),
            post(MEMBER, "{'capabilities':{}}"),
            post(MEMBER, "{'remoteTraceTarget':'1122334455','remoteTraceLevel':20}"),
            post(MEMBER, "{'remoteTraceTarget':'short','remoteTraceLevel':0}"),
            post(MEMBER, "{'authenticationExpiryTime':99}"),
            post(MEMBER, "{'authenticationExpiryTime':'77','authenticationURL':'http://x'}"),
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

    /**
     * Times are times, our own notes are ours, what stock controllers leave out of a mode is false, actions have no flags,
     * and no tokens are none, however that is written.
     */
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
        if (same.path("type").asText().startsWith("ACTION_")) {
            same.remove(List.of("not", "or"));
        }
        if (same.has("authTokens") && same.get("authTokens").isEmpty()) {
            same.putArray("authTokens").addNull();
        }
        if (same.get("v6AssignMode") instanceof ObjectNode mode) {
            List.of("6plane", "rfc4193", "zt")
                    .forEach(key -> mode.put(key, mode.path(key).asBoolean()));
        }
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

    private static final String WITH_EVERYTHING = """
            {"name":"stock's","private":false,"routes":[{"target":"10.90.0.0/24"},{"target":"fd90::/64"}],
             "rules":[{"type":"MATCH_ETHERTYPE","etherType":2048,"not":true},{"type":"MATCH_TAGS_EQUAL","id":1,"value":2},
               {"type":"MATCH_IPV4_DEST","ip":"10.90.0.0/24","or":true},{"type":"ACTION_TEE","address":"1122334455","length":64},
               {"type":"ACTION_DROP"},{"type":"ACTION_ACCEPT"}],
             "capabilities":[{"id":4,"default":true,"rules":[{"type":"MATCH_IP_PROTOCOL","ipProtocol":6},{"type":"ACTION_ACCEPT"}]}],
             "tags":[{"id":1,"default":2},{"id":2,"default":null}],"authTokens":{"t":0},
             "v4AssignMode":{"zt":true},"v6AssignMode":{"zt":true,"6plane":true,"rfc4193":false},
             "ipAssignmentPools":[{"ipRangeStart":"10.90.0.1","ipRangeEnd":"10.90.0.9"},
               {"ipRangeStart":"fd90::","ipRangeEnd":"fd90::ffff:ffff:ffff:ffff"}],
             "dns":{"domain":"d.test","servers":["10.90.0.1"]},"remoteTraceTarget":"1122334455","remoteTraceLevel":3}
            """;

    private static final String MEMBER_WITH_EVERYTHING = """
            {"authorized":true,"name":"m","tags":[[1,7],[9,4294967295]],"capabilities":[4,99],"activeBridge":true,
             "ipAssignments":["10.90.0.5","fd90::5"],"noAutoAssignIps":true,"remoteTraceTarget":"1122334456",
             "remoteTraceLevel":7,"authenticationExpiryTime":99}
            """;

    /** The one that is there leads to the other, as far as clients can set it. */
    @Test
    void theClientForControllersElsewhereAsksTheStockOne() throws Exception {
        try (ExecutorService inside = Executors.newCachedThreadPool(this::onTheHostOfTheStockOne);
                StockNode stock = new StockNode(lab, STOCK, folder.resolve("stock"), lab.planet(1_000));
                ExternalController client = new ExternalController(
                        URI.create("http://127.0.0.1:" + Lab.PORT),
                        stock.token(),
                        PATIENCE,
                        HttpClient.newBuilder().executor(inside))) {
            long network = Long.parseUnsignedLong(stock.address() + "000abc", 16);
            stock.api().post("/controller/network/" + stock.address() + "000abc", WITH_EVERYTHING);
            assertThat(client.isReady()).isTrue();
            assertThat(Addresses.format(client.address())).isEqualTo(stock.address());
            NetworkSpec read = client.network(network).orElseThrow().spec();
            assertThat(read.rules().size()).isEqualTo(6);
            assertThat(read.capabilities().getFirst().rules().size()).isEqualTo(2);
            assertThat(read.tags()).hasSize(2);

            long other = client.createNetwork(read).id();
            assertThat(client.networks()).containsExactlyInAnyOrder(network, other);
            assertThat(client.network(other).orElseThrow().spec()).isEqualTo(read);
            assertThat(client.putNetwork(other, NetworkSpec.DEFAULT).spec()).isEqualTo(NetworkSpec.DEFAULT);

            MemberSpec member = MemberSpec.AUTHORIZED
                    .with()
                    .name("m")
                    .tags(Map.of(1L, 7L))
                    .capabilities(List.of(4L))
                    .addresses(List.of(IpAddress.parse("10.90.0.5")))
                    .build();
            assertThat(client.putMember(other, 0x1122334455L, member).spec()).isEqualTo(member);
            assertThat(client.members(other)).containsOnlyKeys(0x1122334455L);
            assertThat(client.deleteMember(other, 0x1122334455L)).isTrue();
            assertThat(client.deleteNetwork(other)).isTrue();
            assertThat(client.network(other)).isEmpty();
        }
    }

    private Thread onTheHostOfTheStockOne(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        lab.host(STOCK).run(() -> {
                            work.run();
                            return null;
                        });
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "asks-stock");
        thread.setDaemon(true);
        return thread;
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
            stock.api().post(path, WITH_EVERYTHING);
            network = stock.api().get(path).body();
            member = stock.api()
                    .post(path + "/member/1122334455", MEMBER_WITH_EVERYTHING)
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
