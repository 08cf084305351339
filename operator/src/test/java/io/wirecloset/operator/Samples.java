package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeSpec;
import io.wirecloset.crds.ZeroTierNodeSpec.NodeNetwork;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.MemoryLease;
import io.wirecloset.vl1.identity.Identity;

/** Resources as a user would write them. */
public final class Samples {
    public static final String NAMESPACE = "wirecloset-system";
    public static final long CONTROLLER = 0x80_56c2_e21cL;
    /** A real one, with its secret, from the given vectors. */
    public static final Identity CONTROLLER_IDENTITY = Identity.parse(
            "5400458031:0:07481d2dec2ba935b10f1ad6b3cdf0c1228a1d3271f8ad1231cc914a1a18c55782b5e2f42aa61cd025b2d401e40f087ed4b4013699ac3d944406e365f8d99ac4:b167708be795f8690d3062e1c059515b5f33846345715cb58c9afae85be19dcbb3e5ded6a82da13676a39ceeae744dac0d15248369be60c62b0a00124d4f4f57");

    /** Time goes by what the test says. */
    public static final long NOW_MS = 1_764_000_000_000L;

    private Samples() {}

    /** 10.80.0.0/16 with members 10.80.0.0/24, blocks of /24 in 10.80.128.0/17, and 6PLANE. */
    public static ZeroTierNetwork network(String name) {
        return network(name, "10.80");
    }

    public static ZeroTierNetwork network(String name, String firstTwoOctets) {
        ZeroTierNetwork network = new ZeroTierNetwork();
        network.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withGeneration(1L)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .build());
        ZeroTierNetworkSpec spec = new ZeroTierNetworkSpec();
        spec.ipv4 = new ZeroTierNetworkSpec.Ipv4();
        spec.ipv4.route = firstTwoOctets + ".0.0/16";
        spec.ipv4.members = firstTwoOctets + ".0.0/24";
        spec.ipv4.nodeBlocks = firstTwoOctets + ".128.0/17";
        spec.ipv6.sixPlane = true;
        network.setSpec(spec);
        return network;
    }

    /** The primary network, which another controller serves: 10.80.0.0/16 with blocks of /24 in 10.80.192.0/18, and 6PLANE. */
    public static ZeroTierNetwork joined(String name, String id) {
        ZeroTierNetwork network = network(name);
        network.getSpec().controller = ZeroTierNetworkSpec.Controller.JOINED;
        network.getSpec().networkId = id;
        network.getSpec().primary = true;
        network.getSpec().ipv4.members = null;
        network.getSpec().ipv4.nodeBlocks = "10.80.192.0/18";
        return network;
    }

    /** As the node's agent says: its address, and how it does on network "pods". */
    public static ZeroTierNode on(ZeroTierNode node, String address, String state) {
        ZeroTierNodeStatus.OnNetwork on = new ZeroTierNodeStatus.OnNetwork();
        on.network = "pods";
        on.state = state;
        node.setStatus(new ZeroTierNodeStatus());
        node.getStatus().address = address;
        node.getStatus().networks.add(on);
        return node;
    }

    public static ZeroTierNetwork served(ZeroTierNetwork network, String id) {
        network.setStatus(new ZeroTierNetworkStatus());
        network.getStatus().networkId = id;
        return network;
    }

    public static ZeroTierMember member(String name, String network, String address) {
        ZeroTierMember member = new ZeroTierMember();
        member.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(NAMESPACE)
                .withGeneration(1L)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .build());
        ZeroTierMemberSpec spec = new ZeroTierMemberSpec();
        spec.network = network;
        spec.address = address;
        member.setSpec(spec);
        return member;
    }

    public static ZeroTierNode node(String name) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(
                new ObjectMetaBuilder().withName(name).withGeneration(1L).build());
        node.setSpec(new ZeroTierNodeSpec());
        return node;
    }

    public static ZeroTierNode node(String name, String network, String block) {
        ZeroTierNode node = node(name);
        NodeNetwork entry = new NodeNetwork();
        entry.network = network;
        entry.networkId = "8056c2e21c000001";
        entry.block = block;
        node.getSpec().networks.add(entry);
        return node;
    }

    public static Node kubeNode(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }

    /** Leads for as long as it is asked: no time goes by for it. */
    public static Election leader() {
        Election leader = new Election(new MemoryLease(), "only-one", () -> 0);
        leader.step();
        return leader;
    }

    /** Well-formed, but nobody's: only its address counts. */
    public static String identity(String address) {
        return address + ":0:" + (address.repeat(13)).substring(0, 128);
    }
}
