package io.wirecloset.operator.host;

import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.CapabilityDefinition;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.TagDefinition;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.List;
import java.util.OptionalLong;

/** The same in the controller's words. What comes in was checked by the plans. */
public final class ControllerModel {
    private ControllerModel() {}

    public static NetworkSpec spec(HostedNetwork network) {
        return NetworkSpec.builder()
                .name(network.name())
                .isPrivate(network.isPrivate())
                .broadcast(network.broadcast())
                .multicastLimit(network.multicastLimit())
                .mtu(network.mtu())
                .assignV4(!network.pools().isEmpty())
                .sixPlane(network.sixPlane())
                .rfc4193(network.rfc4193())
                .routes(network.routes().stream().map(ControllerModel::route).toList())
                .pools(network.pools().stream()
                        .map(p -> new AddressPool(IpAddress.parse(p.start()), IpAddress.parse(p.end())))
                        .toList())
                .dns(network.dns() == null ? DnsSettings.NONE : dns(network.dns()))
                .rules(
                        network.rules() == null
                                ? RuleTable.ACCEPT
                                : network.rules().table())
                .tags(network.rules() == null ? List.of() : tags(network.rules()))
                .capabilities(network.rules() == null ? List.of() : capabilities(network.rules()))
                .build();
    }

    private static List<TagDefinition> tags(RuleSet rules) {
        return rules.tags().values().stream()
                .map(t -> new TagDefinition(
                        t.id(), t.standard() == null ? OptionalLong.empty() : OptionalLong.of(t.standard())))
                .toList();
    }

    private static List<CapabilityDefinition> capabilities(RuleSet rules) {
        return rules.capabilities().values().stream()
                .map(c -> new CapabilityDefinition(c.id(), c.isDefault(), c.table()))
                .toList();
    }

    public static MemberSpec spec(HostedMember member) {
        return MemberSpec.AUTHORIZED
                .with()
                .identity(member.identity() == null ? null : Identity.parse(member.identity()))
                .authorized(member.authorized())
                .activeBridge(member.bridge())
                .noAutoAssign(member.noAutoAssignIps())
                .addresses(member.ipAssignments().stream().map(IpAddress::parse).toList())
                .tags(member.tags())
                .capabilities(member.capabilities())
                .build();
    }

    private static Route route(HostedNetwork.Route route) {
        InetCidr target = InetCidr.parse(route.target());
        return route.via() == null ? Route.onLink(target) : Route.via(target, address(route.via()));
    }

    private static DnsSettings dns(HostedNetwork.Dns dns) {
        List<Endpoint> servers =
                dns.servers().stream().map(ControllerModel::address).toList();
        return new DnsSettings(dns.domain(), servers);
    }

    private static Endpoint address(String ip) {
        return Endpoint.of(IpAddress.parse(ip).bytes(), 0);
    }
}
