package io.wirecloset.node.home;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

// VL1 checklist 15, 60, 68, 74
class LocalConfTest {
    private static LocalConf conf(String text) {
        return LocalConf.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsSaidOfNetworksAndPeersGovernsPaths() {
        LocalConf conf = conf("""
                {'physical': {
                   '10.10.0.0/16': {'trustedPathId': 18446744073709551615, 'mtu': 9000},
                   '172.16.0.0/12': {'blacklist': true},
                   'fd00::/8': {'mtu': 0}},
                 'virtual': {
                   '8056c2e21c': {'try': ['10.1.2.3/9993', '2001:db8::1/443'], 'blacklist': ['192.168.0.0/16']}}}
                """);
        assertThat(conf.notices()).isEmpty();
        PathPolicy paths = conf.paths();
        assertThat(paths.trustedPathId(Endpoint.parse("10.10.3.4/1"))).isEqualTo(-1L);
        assertThat(paths.mtu(Endpoint.parse("10.10.3.4/1"), 1432)).isEqualTo(9000);
        assertThat(paths.mtu(Endpoint.parse("fd00::1/1"), 1432)).isEqualTo(1432);
        assertThat(paths.forbids(Endpoint.parse("172.20.0.1/1"))).isTrue();
        assertThat(conf.blacklisted()).containsExactly(InetCidr.parse("172.16.0.0/12"));
        assertThat(paths.tries(0x8056c2e21cL))
                .containsExactly(Endpoint.parse("10.1.2.3/9993"), Endpoint.parse("2001:db8::1/443"));
        assertThat(paths.forbids(0x8056c2e21cL, Endpoint.parse("192.168.7.7/1")))
                .isTrue();
    }

    @Test
    void settingsAreHonoured() {
        LocalConf conf = conf("""
                {'settings': {'primaryPort': 1234, 'secondaryPort': 2345, 'bind': ['10.0.0.1', 'fd00::1'],
                  'interfacePrefixBlacklist': ['docker'], 'allowManagementFrom': ['10.0.0.0/8', '192.0.2.1'],
                  'allowSecondaryPort': true}}
                """);
        assertThat(conf.notices()).isEmpty();
        assertThat(conf.primaryPort(9993)).isEqualTo(1234);
        assertThat(conf.secondaryPort()).contains(2345);
        assertThat(conf.bind()).containsExactly(Endpoint.parse("10.0.0.1/0"), Endpoint.parse("fd00::1/0"));
        assertThat(conf.interfacePrefixBlacklist()).containsExactly("docker");
        assertThat(conf.allowManagementFrom())
                .containsExactly(InetCidr.parse("10.0.0.0/8"), InetCidr.parse("192.0.2.1/32"));
    }

    @Test
    void aSecondPortIsBoundOnlyWhereOneIsAskedFor() {
        assertThat(conf("{}").secondaryPort()).isEmpty();
        assertThat(conf("{'settings':{'allowSecondaryPort':true}}").secondaryPort())
                .contains(0);
        assertThat(conf("{'settings':{'secondaryPort':77}}").secondaryPort()).contains(77);
        assertThat(conf("{'settings':{'secondaryPort':77,'allowSecondaryPort':false}}")
                        .secondaryPort())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'settings':{'lowBandwidthMode':true}}  | settings.lowBandwidthMode has no effect",
                "{'settings':{'portMappingEnabled':true}} | settings.portMappingEnabled has no effect",
                "{'settings':{'defaultBondingPolicy':'active-backup'}} | settings.defaultBondingPolicy has no effect",
                "{'settings':{'concurrency':4}} | settings.concurrency has no effect",
                "{'settings':{'primryPort':1}} | settings.primryPort is not known",
                "{'settings':{'primaryPort':'x'}} | settings.primaryPort is ignored",
                "{'settings':{'primaryPort':70000}} | settings.primaryPort is ignored",
                "{'settings':{'allowSecondaryPort':1}} | settings.allowSecondaryPort is ignored",
                "{'settings':{'bind':'10.0.0.1'}} | settings.bind is ignored: it is no list",
                "{'settings':{'bind':['nowhere']}} | settings.bind is ignored in part: \"nowhere\"",
                "{'settings':{'bind':[7]}} | settings.bind is ignored in part: 7",
                "{'settings':[]} | settings is ignored",
                "{'setings':{}} | setings is not known",
                "{'physical':{'10.0.0.0/40':{}}} | physical.10.0.0.0/40 is ignored",
                "{'physical':{'10.0.0.0/8':{'mtu':1399}}} | physical.10.0.0.0/8.mtu is ignored",
                "{'physical':{'10.0.0.0/8':{'mtu':10325}}} | physical.10.0.0.0/8.mtu is ignored",
                "{'physical':{'10.0.0.0/8':{'trustedPathId':0}}} | physical.10.0.0.0/8.trustedPathId is ignored",
                "{'physical':{'10.0.0.0/8':{'trustedPathId':'7'}}} | physical.10.0.0.0/8.trustedPathId is ignored",
                "{'physical':{'10.0.0.0/8':{'blacklst':true}}} | physical.10.0.0.0/8.blacklst is not known",
                "{'virtual':{'12':{}}} | virtual.12 is ignored",
                "{'virtual':{'8056c2e21c':{'try':['1.2.3.4']}}} | virtual.8056c2e21c.try is ignored in part",
            })
    void whatHasNoEffectIsSaidByName(String text, String notice) {
        LocalConf conf = conf(text);
        assertThat(conf.notices()).hasSize(1).first().asString().startsWith("local.conf: " + notice);
        assertThat(conf.primaryPort(9993)).isEqualTo(9993);
    }

    @Test
    void whatAsksForNothingIsNoNews() {
        assertThat(conf("""
                {'settings':{'portMappingEnabled':false,'allowTcpFallbackRelay':false,'softwareUpdate':'disable',
                 'defaultBondingPolicy':'none','policies':{},'peerSpecificBonds':[],'lowBandwidthMode':null}}
                """).notices()).isEmpty();
    }

    @Test
    void moreThan32NetworksAreTooMany() {
        String many = IntStream.range(0, 33)
                .mapToObj(i -> "'10." + i + ".0.0/16':{'trustedPathId':1}")
                .collect(Collectors.joining(",", "{'physical':{", "}}"));
        assertThat(conf(many).notices()).hasSize(1).first().asString().contains("more than 32");
    }

    @Test
    void theOlderFileOfTrustedPathsIsReadToo() {
        byte[] file = "# ours\nff01=10.10.0.0/16\r\n\nnonsense\n2=x\n".getBytes(StandardCharsets.US_ASCII);
        LocalConf conf = LocalConf.empty().withTrustedPaths(file);
        assertThat(conf.paths().trustedPathId(Endpoint.parse("10.10.1.1/1"))).isEqualTo(0xff01);
        assertThat(conf.notices()).hasSize(2);
    }

    // Controller checklist 36 (/config)
    @Test
    void settingsArePutBesideThoseThatAreThere() {
        LocalConf before = conf("{'settings':{'primaryPort':1,'bind':['10.0.0.1']},'physical':{'10.0.0.0/8':{}}}");
        ObjectNode fields = (ObjectNode) conf("{'bind':['10.0.0.2'],'allowManagementFrom':['10.0.0.0/8']}")
                .json();
        LocalConf after = before.withSettings(fields);
        assertThat(LocalConf.parse(after.toBytes()).json()).isEqualTo(after.json());
        assertThat(after.primaryPort(9)).isEqualTo(1);
        assertThat(after.bind()).containsExactly(Endpoint.parse("10.0.0.2/0"));
        assertThat(after.allowManagementFrom()).hasSize(1);
        assertThat(after.json().at("/physical").isObject()).isTrue();
        assertThat(before.bind()).containsExactly(Endpoint.parse("10.0.0.1/0"));
        assertThat(conf("{'settings':5}").withSettings(fields).bind()).hasSize(1);
    }
}
