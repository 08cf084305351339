package io.wirecloset.operator.network;

import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeStatus.OnNetwork;
import io.wirecloset.operator.status.Conditions;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the status of a joined network says: its controller speaks to the nodes alone, and they tell. */
final class JoinedReport {
    /** Whether the network is as its controller has it such that pods of this cluster are found on it. */
    static final String PODS_REACHABLE = "PodsReachable";

    /** Named in a message; there may be a thousand. */
    private static final int MAX_NAMED = 8;

    /** A node and what it was told; null before it was. */
    private record Told(ZeroTierNode node, OnNetwork on) {
        String state() {
            return on == null ? "REQUESTING_CONFIGURATION" : on.state;
        }

        /** Its name, and by what the controller knows it. */
        String text() {
            String address = node.getStatus() == null ? null : node.getStatus().address;
            return node.getMetadata().getName() + (address == null ? "" : " (" + address + ")");
        }
    }

    private final ZeroTierNetwork network;
    private final long id;
    private final String controller;
    private final List<Told> nodes;

    /** @param all nodes of the cluster */
    JoinedReport(ZeroTierNetwork network, long id, Collection<ZeroTierNode> all) {
        this.network = network;
        this.id = id;
        this.controller = Addresses.format(NetworkIds.controllerOf(id));
        String name = network.getMetadata().getName();
        this.nodes = all.stream()
                .filter(n -> !n.isMarkedForDeletion() && n.getSpec() != null)
                .filter(n -> n.getSpec().networks.stream().anyMatch(e -> name.equals(e.network)))
                .sorted(Comparator.comparing(n -> n.getMetadata().getName()))
                .map(n -> new Told(n, on(n, name)))
                .toList();
    }

    private static OnNetwork on(ZeroTierNode node, String network) {
        return node.getStatus() == null
                ? null
                : node.getStatus().networks.stream()
                        .filter(n -> network.equals(n.network))
                        .findFirst()
                        .orElse(null);
    }

    void tell(Conditions conditions) {
        ready(conditions);
        reachable(conditions);
    }

    private void ready(Conditions conditions) {
        List<Told> denied = in("ACCESS_DENIED");
        List<Told> waiting = in("REQUESTING_CONFIGURATION");
        List<Told> others = nodes.stream().filter(n -> !n.state().equals("OK")).toList();
        if (!denied.isEmpty()) {
            conditions.no(
                    Condition.READY,
                    "AccessDenied",
                    "controller " + controller + " does not admit " + named(denied)
                            + ": authorize these addresses there, in another cluster of ours by a ZeroTierMember each");
        } else if (!in("NOT_FOUND").isEmpty()) {
            conditions.no(
                    Condition.READY,
                    "NetworkUnknown",
                    "controller " + controller + " knows no network " + NetworkIds.format(id)
                            + ": see whether it was deleted there, or make this network anew with the right id");
        } else if (!waiting.isEmpty()) {
            conditions.no(
                    Condition.READY,
                    "NoAnswer",
                    "controller " + controller + " has not answered " + named(waiting)
                            + " (yet): it has to run, and both clusters need a root in common (values planet and moons)");
        } else if (!others.isEmpty()) {
            conditions.no(
                    Condition.READY,
                    "CannotJoin",
                    named(others) + ": " + others.getFirst().state());
        } else if (nodes.isEmpty()) {
            conditions.no(Condition.READY, "NoNodes", "no node has been given this network (yet)");
        } else {
            conditions.yes(
                    Condition.READY,
                    "Joined",
                    "all nodes are on network " + NetworkIds.format(id) + " of controller " + controller);
        }
    }

    private List<Told> in(String state) {
        return nodes.stream().filter(n -> n.state().equals(state)).toList();
    }

    private static String named(List<Told> nodes) {
        String first = nodes.stream().limit(MAX_NAMED).map(Told::text).collect(Collectors.joining(", "));
        return nodes.size() > MAX_NAMED ? first + " and " + (nodes.size() - MAX_NAMED) + " more" : first;
    }

    /** Said once a node has a configuration to compare with. */
    private void reachable(Conditions conditions) {
        List<Told> configured = in("OK");
        if (configured.isEmpty()) {
            return;
        }
        configured.stream()
                .flatMap(told -> obstacle(told).stream())
                .findFirst()
                .ifPresentOrElse(
                        why -> conditions.no(PODS_REACHABLE, why),
                        () -> conditions.yes(
                                PODS_REACHABLE,
                                "RangesAgree",
                                "the ranges of this cluster's pods are on-link for everybody"));
    }

    private Optional<Refusal> obstacle(Told told) {
        JoinedRanges ranges = JoinedRanges.of(network);
        List<String> onLink = told.on.onLink;
        if (!ranges.areCoveredBy(onLink)) {
            return Optional.of(new Refusal(
                    "RouteMissing",
                    "on-link at controller " + controller + " is "
                            + (onLink.isEmpty() ? "nothing" : String.join(", ", onLink))
                            + ", which does not cover " + ranges.text()
                            + ": others on the network do not find pods of this cluster. Widen the route there, or"
                            + " choose other ranges here"));
        }
        if (told.on.addresses.stream().anyMatch(ranges::isForPods)) {
            return Optional.of(new Refusal(
                    "BlocksTaken",
                    "controller " + controller + " gave " + told.text() + " an address of spec.ipv4.nodeBlocks "
                            + ranges.text() + ", which is for this cluster's pods alone: choose nodeBlocks outside of"
                            + " what it hands out"));
        }
        if (ranges.route().isPresent() && told.on.addresses.stream().noneMatch(ranges::isForNodes)) {
            return Optional.of(new Refusal(
                    "NodeAddressMissing",
                    "controller " + controller + " gave " + told.text() + " no address of spec.ipv4.route "
                            + ranges.route().get() + ": assign one there, other nodes reach its pods through it"));
        }
        if (lacksSixPlane(told)) {
            return Optional.of(new Refusal(
                    "SixPlaneMissing",
                    "controller " + controller + " gives members no 6PLANE addresses: set sixPlane there, or"
                            + " spec.ipv6.sixPlane to false here"));
        }
        return Optional.empty();
    }

    private boolean lacksSixPlane(Told told) {
        String address = told.node.getStatus().address;
        if (network.getSpec().ipv6 == null || !network.getSpec().ipv6.sixPlane || address == null) {
            return false;
        }
        String wanted = InetCidr.of(
                        DerivedAddresses.sixPlane(id, Addresses.parse(address)), DerivedAddresses.SIX_PLANE_PREFIX)
                .ipText();
        return told.on.addresses.stream()
                .flatMap(ip -> IpText.address(ip).stream())
                .noneMatch(ip -> ip.ipText().equals(wanted));
    }
}
