package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A node or device that may be on a network. The operator makes one for each node of the cluster. */
@JsonClassDescription(
        "A node or device that may be on a network. The operator makes one for each node of the cluster; for a laptop you write it.")
@Group(Wirecloset.GROUP)
@Version(Wirecloset.VERSION)
@ShortNames("ztm")
@Categories(Wirecloset.CATEGORY)
@SelectableFields({".spec.network", ".spec.address"})
@AdditionalPrinterColumn(
        name = "Network",
        jsonPath = ".spec.network",
        type = Type.STRING,
        getDescription = "Name of the ZeroTierNetwork")
@AdditionalPrinterColumn(
        name = "Address",
        jsonPath = ".status.address",
        type = Type.STRING,
        getDescription = "10 digits of the device")
@AdditionalPrinterColumn(
        name = "Authorized",
        jsonPath = ".spec.authorized",
        type = Type.BOOLEAN,
        getDescription = "Whether it gets a configuration")
@AdditionalPrinterColumn(
        name = "IPs",
        jsonPath = ".spec.ipAssignments",
        type = Type.STRING,
        getDescription = "Assigned addresses")
@AdditionalPrinterColumn(
        name = "Online",
        jsonPath = ".status.online",
        type = Type.BOOLEAN,
        getDescription = "Heard by the controller within two minutes")
@AdditionalPrinterColumn(
        name = "Path",
        jsonPath = ".status.path",
        type = Type.STRING,
        priority = 1,
        getDescription = "Direct, or Relayed by a root")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the controller knows this member as specified")
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
public final class ZeroTierMember extends CustomResource<ZeroTierMemberSpec, ZeroTierMemberStatus>
        implements Namespaced {
    /** None until set: an empty resource must not claim the defaults in a server-side apply. */
    @Override
    protected ZeroTierMemberSpec initSpec() {
        return null;
    }

    @Override
    protected ZeroTierMemberStatus initStatus() {
        return null;
    }
}
