package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A node of the cluster as seen by the networks; it has the name of its Node. The operator makes it and writes the
 * spec; the node's agent writes the status, and nothing else.
 */
@JsonClassDescription(
        "A node of the cluster as the networks see it; it has the name of its Node. The operator makes it and writes the spec, the node's agent writes the status.")
@Group(Wirecloset.GROUP)
@Version(Wirecloset.VERSION)
@ShortNames("ztnode")
@Categories(Wirecloset.CATEGORY)
@AdditionalPrinterColumn(
        name = "Address",
        jsonPath = ".status.address",
        type = Type.STRING,
        getDescription = "10 digits of the node")
@AdditionalPrinterColumn(
        name = "Block",
        jsonPath = ".spec.networks[*].block",
        type = Type.STRING,
        getDescription = "Range for the node's pods; of several networks the first by name")
@AdditionalPrinterColumn(
        name = "Direct",
        jsonPath = ".status.paths.direct",
        type = Type.INTEGER,
        getDescription = "Peers reached directly")
@AdditionalPrinterColumn(
        name = "Relayed",
        jsonPath = ".status.paths.relayed",
        type = Type.INTEGER,
        getDescription = "Peers reached through a root")
@AdditionalPrinterColumn(
        name = "Version",
        jsonPath = ".status.version",
        type = Type.STRING,
        getDescription = "Version of the agent")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the agent serves pods")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = Type.DATE,
        getDescription = "Time since creation")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "Why it is ready or not")
public final class ZeroTierNode extends CustomResource<ZeroTierNodeSpec, ZeroTierNodeStatus> {
    /** None until set: an empty resource must not claim the defaults in a server-side apply. */
    @Override
    protected ZeroTierNodeSpec initSpec() {
        return null;
    }

    @Override
    protected ZeroTierNodeStatus initStatus() {
        return null;
    }
}
