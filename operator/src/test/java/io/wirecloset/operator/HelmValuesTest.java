package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each value, and what is said of a wrong one. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class HelmValuesTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            image.tag: v7                                       | registry.example/wirecloset:v7
            image.pullPolicy: Always                            | imagePullPolicy: Always
            image.pullSecrets: [{name: mine}]                   | - name: mine
            apiServer: {host: 192.0.2.1, port: 6444}            | value: "192.0.2.1"
            planet: AAEC                                        | value: "AAEC"
            moons: [AAED, AAEE]                                 | value: "AAED,AAEE"
            ownRoot: true                                       | name: WIRECLOSET_ROOT
            cleanup: true                                       | args: [uninstall, --stay]
            httpHost: 0.0.0.0                                   | value: "0.0.0.0"
            logJson: true                                       | value: "true"
            operator.replicas: 3                                | replicas: 3
            operator.controllerPort: 19994                      | value: "19994"
            operator.endpoints: [203.0.113.7/9994]              | value: "203.0.113.7/9994"
            operator.httpPort: 19996                            | value: "19996"
            operator.blockQuarantine: PT2H                      | value: "PT2H"
            operator.nodeSelector: {pinned: here}               | pinned: here
            operator.affinity: {nodeAffinity: {}}               | nodeAffinity: {}
            operator.priorityClassName: mine                    | priorityClassName: mine
            operator.podAnnotations: {reason: "why"}            | reason: why
            operator.podLabels: {team: "net"}                   | team: net
            operator.extraEnv: [{name: A, value: "b"}]          | value: b
            agent.port: 19993                                   | value: "19993"
            agent.httpPort: 19995                               | value: "19995"
            agent.lanes: 4                                      | value: "4"
            agent.bind: [192.0.2.1, 192.0.2.2]                  | value: "192.0.2.1,192.0.2.2"
            agent.forbiddenPaths: [10.96.0.0/12]                | value: "10.96.0.0/12"
            agent.uplink: ens5                                  | value: "ens5"
            agent.cni.confDir: /var/lib/k0s/cni                 | path: "/var/lib/k0s/cni"
            agent.cni.binDir: /var/lib/cni/bin                  | path: "/var/lib/cni/bin"
            agent.cni.name: other                               | value: "other"
            agent.cni.addWait: 10S                              | value: "10S"
            agent.resources: {limits: {memory: 1Gi}}            | memory: 1Gi
            agent.nodeSelector: {where: here}                   | where: here
            agent.tolerations: [{key: only, operator: Exists}]  | key: only
            agent.affinity: {nodeAffinity: {}}                  | nodeAffinity: {}
            agent.podAnnotations: {reason: "why"}               | reason: why
            agent.podLabels: {team: "net"}                      | team: net
            agent.priorityClassName: mine                       | priorityClassName: mine
            agent.extraEnv: [{name: A, value: "b"}]             | value: b
            """)
    void everyValueIsHeeded(String value, String rendered) throws Exception {
        assertThat(Chart.template().call()).doesNotContain(rendered);
        assertThat(with(value).call()).contains(rendered);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            imgae: {}                                           | imgae
            agent.prot: 1                                       | prot
            agent.port: 70000                                   | /agent/port
            agent.port: many                                    | /agent/port
            agent.lanes: 0                                      | /agent/lanes
            agent.uplink: a-name-that-is-too-long               | /agent/uplink
            agent.cni.confDir: relative                         | /agent/cni/confDir
            agent.cni.name: "no spaces"                         | /agent/cni/name
            agent.cni.addWait: soon                             | /agent/cni/addWait
            agent.forbiddenPaths: [10.96.0.0]                   | /agent/forbiddenPaths
            agent.resources: {limit: {}}                        | limit
            agent.resources: {limits: {memory: lots}}           | /agent/resources/limits/memory
            agent.tolerations: [{keys: a}]                      | keys
            agent.extraEnv: [{value: nameless}]                 | name
            operator.endpoints: [203.0.113.7:9994]              | /operator/endpoints
            operator.affinity: {nodeAfinity: {}}                | nodeAfinity
            operator.tolerations: [{effect: NoScheduling}]      | /operator/tolerations
            operator.blockQuarantine: 1 hour                    | /operator/blockQuarantine
            image.digest: sha256:abc                            | /image/digest
            image.pullPolicy: Sometimes                         | /image/pullPolicy
            image.repository: ""                                | no image is published yet
            planet: "not base64!"                               | /planet
            moons: ["no,moon"]                                  | /moons/0
            crds.keep: perhaps                                  | /crds/keep
            crds: {enabled: false, keep: false}                 | every network with them
            apiServer.host: "https://10.0.0.1"                  | /apiServer/host
            agent.bind: [eth0]                                  | /agent/bind/0
            agent.port: 9994                                    | operator.controllerPort and agent.port are both 9994
            operator.httpPort: 9995                             | operator.httpPort and agent.httpPort are both 9995
            agent.affinity: {nodeAfinity: {}}                   | nodeAfinity
            """)
    void aWrongValueIsNamed(String value, String said) {
        assertThatThrownBy(() -> with(value).call()).hasMessageContaining(said);
    }

    /** As a chart that has this one as a dependency sets its condition. */
    @Test
    void aChartAboveThisOneMaySwitchIt() throws Exception {
        assertThat(with("enabled: true").call()).isEqualTo(Chart.template().call());
    }

    /** @param line a value's path and what it is set to, in YAML */
    private TemplateCommand with(String line) throws Exception {
        StringBuilder yaml = new StringBuilder();
        String path = line.substring(0, line.indexOf(':'));
        String indent = "";
        for (String part : path.split("\\.")) {
            yaml.append(yaml.isEmpty() ? "" : ":\n").append(indent).append(part);
            indent += "  ";
        }
        yaml.append(line.substring(path.length())).append('\n');
        if (!path.equals("image.repository")) {
            return Chart.template().withValuesFile(Files.writeString(folder.resolve("values.yaml"), yaml));
        }
        return Chart.template().set("image.repository", "");
    }
}
