package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A virtual Ethernet; pods, nodes and devices outside are its members. */
@JsonClassDescription(
        "A virtual Ethernet that the controller of this cluster serves, or that its nodes join. Pods, nodes and devices outside are its members.")
@Group(Wirecloset.GROUP)
@Version(Wirecloset.VERSION)
@ShortNames("ztn")
@Categories(Wirecloset.CATEGORY)
@AdditionalPrinterColumn(
        name = "Network ID",
        jsonPath = ".status.networkId",
        type = Type.STRING,
        getDescription = "16 digits that a device joins")
@AdditionalPrinterColumn(
        name = "Members",
        jsonPath = ".status.authorizedMembers",
        type = Type.INTEGER,
        getDescription = "Authorized members")
@AdditionalPrinterColumn(
        name = "Online",
        jsonPath = ".status.onlineMembers",
        type = Type.INTEGER,
        getDescription = "Members heard by the controller within two minutes")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the controller serves this network as specified")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = Type.DATE,
        getDescription = "Time since creation")
@AdditionalPrinterColumn(
        name = "Primary",
        jsonPath = ".spec.primary",
        type = Type.BOOLEAN,
        priority = 1,
        getDescription = "Whether it is the network of the pods' eth0")
@AdditionalPrinterColumn(
        name = "Range",
        jsonPath = ".spec.ipv4.route",
        type = Type.STRING,
        priority = 1,
        getDescription = "The on-link IPv4 range")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "Why it is ready or not")
public final class ZeroTierNetwork extends CustomResource<ZeroTierNetworkSpec, ZeroTierNetworkStatus> {
    /** None until set: an empty resource must not claim the defaults in a server-side apply. */
    @Override
    protected ZeroTierNetworkSpec initSpec() {
        return null;
    }

    @Override
    protected ZeroTierNetworkStatus initStatus() {
        return null;
    }
}
