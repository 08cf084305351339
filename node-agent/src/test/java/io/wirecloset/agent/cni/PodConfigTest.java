package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.wirecloset.agent.attach.RateLimit;
import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pod may ask for, in the three places where runtimes put it (CNI 9, 53 to 55). */
class PodConfigTest {
    private static PodConfig read(String config, String args) throws Exception {
        return PodConfig.read(
                new ObjectMapper().readTree(config.replace('\'', '"')), MissingNode.getInstance(), CniArgs.parse(args));
    }

    @Test
    @DisplayName("port mappings as containerd sends them (CNI 53)")
    void portMappingsAsContainerdSendsThem() throws Exception {
        PodConfig read = read(
                "{'runtimeConfig':{'portMappings':[{'hostPort':8080,'containerPort':80,'protocol':'TCP','hostIP':''},"
                        + "{'hostPort':53,'containerPort':5353,'protocol':'udp','hostIP':'::1'},"
                        + "{'hostPort':8080,'containerPort':80,'protocol':'tcp'}]}}",
                "");
        assertThat(read.ports()).map(String::valueOf).containsExactly("8080/tcp", "0:0:0:0:0:0:0:1 53/udp");
    }

    @Test
    @DisplayName("names of fields in whatever case, as containerd's library leaves them (CNI 53)")
    void namesOfFieldsInWhateverCase() throws Exception {
        PodConfig read = read(
                "{'runtimeConfig':{'portMappings':[{'HostPort':18080,'ContainerPort':8080,'Protocol':'tcp','HostIP':''}],"
                        + "'dns':{'Servers':['10.0.0.10'],'Searches':['cluster.local'],'Options':null}}}",
                "");
        assertThat(read.ports()).map(String::valueOf).containsExactly("18080/tcp");
        assertThat(read.dns().toString()).isEqualTo("{\"nameservers\":[\"10.0.0.10\"],\"search\":[\"cluster.local\"]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'hostPort':0,'containerPort':80}",
                "{'hostPort':65536,'containerPort':80}",
                "{'hostPort':'80','containerPort':80}",
                "{'hostPort':8080}",
                "{'hostPort':8080,'containerPort':-1}",
                "{'hostPort':8080,'containerPort':80,'protocol':'icmp'}",
                "{'hostPort':8080,'containerPort':80,'hostIP':'localhost'}",
                "{'hostPort':8080,'containerPort':80,'hostIP':'10.0.0.300'}",
                "7"
            })
    void aMappingThatIsNoneIsNamed(String mapping) {
        assertThatThrownBy(() -> read("{'runtimeConfig':{'portMappings':[" + mapping + "]}}", ""))
                .isInstanceOfSatisfying(CniException.class, e -> {
                    assertThat(e.code()).isEqualTo(CniException.BAD_CONFIG);
                    assertThat(mapping.replace('\'', '"')).contains(e.details());
                })
                .hasMessageStartingWith("runtimeConfig.portMappings: ");
    }

    @Test
    void aHundredMappingsAreEnough() {
        String one = "{'hostPort':1,'containerPort':1},";
        assertThatThrownBy(() -> read("{'runtimeConfig':{'portMappings':[" + one.repeat(100) + "{}]}}", ""))
                .hasMessage("runtimeConfig.portMappings is not a list of at most 100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'runtimeConfig':{'ips':['10.0.0.1/24']},'args':{'cni':{'ips':['10.0.0.2']}}}|IP=10.0.0.3|10.0.0.1",
                "{'runtimeConfig':{'ips':[]},'args':{'cni':{'ips':['10.0.0.2/16']}}}|IP=10.0.0.3|10.0.0.2",
                "{}|IP=10.0.0.3/8|10.0.0.3",
                "{'runtimeConfig':{'ips':['fc00::1']}}|IP=10.0.0.3|fc00::1",
            })
    @DisplayName("an address from the newest place where one stands (CNI 9, 54)")
    void theNewestPlaceWins(String config, String args, String address) throws Exception {
        assertThat(read(config, args).addresses()).containsExactly(InetAddress.ofLiteral(address));
    }

    @Test
    void anAddressOfEachFamilyAndNoMore() throws Exception {
        assertThat(read("{'runtimeConfig':{'ips':['fc00::1/64','10.0.0.1']}}", "")
                        .addresses())
                .hasSize(2);
        assertThatThrownBy(() -> read("{'runtimeConfig':{'ips':['10.0.0.1','10.0.0.2']}}", ""))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(CniException.UNSUPPORTED_FIELD));
        assertThatThrownBy(() -> read("{'runtimeConfig':{'ips':['ten']}}", ""))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(CniException.BAD_CONFIG));
    }

    @Test
    void aMacInAnyPlaceAndSpelling() throws Exception {
        assertThat(read("{'runtimeConfig':{'mac':'02:00:00:00:00:0A'}}", "MAC=02:00:00:00:00:0b")
                        .mac())
                .isEqualTo(0x02_00_00_00_00_0aL);
        assertThat(read("{'args':{'cni':{'mac':'02-00-00-00-00-0c'}}}", "").mac())
                .isEqualTo(0x02_00_00_00_00_0cL);
        assertThat(read("{}", "MAC=02:00:00:00:00:0b").mac()).isEqualTo(0x02_00_00_00_00_0bL);
        assertThat(read("{}", "").mac()).isEqualTo(PodConfig.ANY_MAC);
        for (String none : new String[] {"02", "02:00:00:00:00:0g", "02:00:00:00:00:00:00:01"}) {
            assertThatThrownBy(() -> read("{}", "MAC=" + none)).hasMessage("mac is not a MAC address");
        }
    }

    @Test
    @DisplayName("bandwidth as containerd sends it, with the burst that means none was given (CNI 53)")
    void bandwidthAsContainerdSendsIt() throws Exception {
        PodConfig read = read(
                "{'runtimeConfig':{'bandwidth':{'ingressRate':10000000,'ingressBurst':4294967295,'egressRate':0}}}",
                "");
        assertThat(read.receiving()).isEqualTo(new RateLimit(10_000_000, 4_294_967_295L));
        assertThat(read.sending()).isNull();
        for (String wrong :
                new String[] {"'egressRate':-1", "'egressRate':'1M'", "'egressBurst':1", "'egressRate':1.5"}) {
            assertThatThrownBy(() -> read("{'runtimeConfig':{'bandwidth':{" + wrong + "}}}", ""))
                    .hasMessageStartingWith("runtimeConfig.bandwidth: egress");
        }
    }

    @Test
    @DisplayName("name servers in the runtime's words become those of a result (CNI 35, 53)")
    void nameServers() throws Exception {
        assertThat(read(
                                "{'dns':{'nameservers':['9.9.9.9']},"
                                        + "'runtimeConfig':{'dns':{'servers':['10.96.0.10'],'searches':['a.b'],'options':['ndots:5']}}}",
                                "")
                        .dns()
                        .toString())
                .isEqualTo("{\"nameservers\":[\"10.96.0.10\"],\"search\":[\"a.b\"],\"options\":[\"ndots:5\"]}");
        assertThat(read("{'dns':{'nameservers':['9.9.9.9']}}", "").dns().toString())
                .isEqualTo("{\"nameservers\":[\"9.9.9.9\"]}");
        assertThat(read("{}", "").dns().isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"infinibandGUID", "deviceID"})
    @DisplayName("hardware that is not there is refused, with name and value (CNI 36, 55)")
    void hardwareIsRefused(String option) {
        assertThatThrownBy(() -> read("{'runtimeConfig':{'" + option + "':'x7'}}", ""))
                .isInstanceOfSatisfying(CniException.class, e -> {
                    assertThat(e.code()).isEqualTo(CniException.UNSUPPORTED_FIELD);
                    assertThat(e.details()).isEqualTo("\"x7\"");
                })
                .hasMessageContaining(option);
    }

    @Test
    @DisplayName("what says nothing to a pod network is passed over (CNI 51, 52, 55)")
    void theRestIsPassedOver() throws Exception {
        PodConfig read = read(
                "{'capabilities':{'mac':true},'runtimeConfig':{'cgroupPath':'/x','aliases':['a'],'ipRanges':[[]],"
                        + "'io.kubernetes.cri.pod-annotations':{'k':'v'},'stranger':7}}",
                "");
        assertThat(read).isEqualTo(PodConfig.NOTHING);
    }
}
