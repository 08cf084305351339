package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netlink.MessageReader.Body;

/** {@code struct ifinfomsg} and its attributes. */
final class LinkCodec {
    private static final int INDEX = 4;
    private static final int FLAGS = 8;
    private static final int FIXED_BYTES = 16;
    private static final int IFF_UP = 1;

    private LinkCodec() {}

    static Request request(int type, int flags, int index) {
        return fixed(new Request(type, flags), index, 0, 0);
    }

    static Request setFlag(int index, boolean up) {
        return fixed(new Request(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_ACK), index, up ? IFF_UP : 0, IFF_UP);
    }

    static Request create(String kind, LinkSettings settings) {
        Request request = newLink(settings);
        int info = request.begin(Rtnetlink.IFLA_LINKINFO);
        request.put(Rtnetlink.IFLA_INFO_KIND, kind);
        return request.end(info);
    }

    static Request createVeth(LinkSettings here, LinkSettings there) {
        Request request = newLink(here);
        int info = request.begin(Rtnetlink.IFLA_LINKINFO);
        request.put(Rtnetlink.IFLA_INFO_KIND, "veth");
        int data = request.begin(Rtnetlink.IFLA_INFO_DATA);
        int peer = request.begin(Rtnetlink.VETH_INFO_PEER);
        settings(fixed(request, 0, 0, 0), there);
        return request.end(peer).end(data).end(info);
    }

    private static Request newLink(LinkSettings settings) {
        Request request =
                new Request(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_ACK | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL);
        return settings(fixed(request, settings), settings);
    }

    private static Request fixed(Request request, LinkSettings settings) {
        int up = settings.up() ? IFF_UP : 0;
        return fixed(request, 0, up, up);
    }

    private static Request fixed(Request request, int index, int flags, int change) {
        return request.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(change);
    }

    private static Request settings(Request request, LinkSettings settings) {
        request.put(Rtnetlink.IFLA_IFNAME, settings.name());
        if (settings.mac() != HardwareAddress.NONE) {
            request.putMac(Rtnetlink.IFLA_ADDRESS, settings.mac());
        }
        if (settings.mtu() != 0) {
            request.put(Rtnetlink.IFLA_MTU, settings.mtu());
        }
        if (settings.namespace() != null) {
            request.put(Rtnetlink.IFLA_NET_NS_FD, settings.namespace().fd());
        }
        return request;
    }

    static Link read(Body body) {
        int index = body.i32(INDEX);
        int flags = body.i32(FLAGS);
        String name = "";
        long mac = HardwareAddress.NONE;
        int mtu = 0;
        LinkInfo info = LinkInfo.NONE;
        String alias = "";
        int master = 0;
        int peer = 0;
        AttributeReader attribute = body.attributes(FIXED_BYTES);
        while (attribute.next()) {
            switch (attribute.type()) {
                case Rtnetlink.IFLA_IFNAME -> name = attribute.text();
                case Rtnetlink.IFLA_ADDRESS -> mac = attribute.mac();
                case Rtnetlink.IFLA_MTU -> mtu = attribute.i32();
                case Rtnetlink.IFLA_LINKINFO -> info = info(attribute.nested());
                case Rtnetlink.IFLA_IFALIAS -> alias = attribute.text();
                case Rtnetlink.IFLA_MASTER -> master = attribute.i32();
                case Rtnetlink.IFLA_LINK -> peer = attribute.i32();
                default -> {}
            }
        }
        return new Link(index, name, mac, mtu, flags, info.kind(), alias, master, peer, info.tun());
    }

    private record LinkInfo(String kind, Tun tun) {
        static final LinkInfo NONE = new LinkInfo("", null);
    }

    /** The kind stands before the data that depend on it. */
    private static LinkInfo info(AttributeReader info) {
        String kind = "";
        Tun tun = null;
        while (info.next()) {
            if (info.type() == Rtnetlink.IFLA_INFO_KIND) {
                kind = info.text();
            } else if (info.type() == Rtnetlink.IFLA_INFO_DATA && kind.equals("tun")) {
                tun = tun(info.nested());
            }
        }
        return new LinkInfo(kind, tun);
    }

    private static Tun tun(AttributeReader data) {
        boolean isTap = false;
        boolean persistent = false;
        boolean multiQueue = false;
        boolean vnetHeader = false;
        int queues = 0;
        while (data.next()) {
            switch (data.type()) {
                case Rtnetlink.IFLA_TUN_TYPE -> isTap = data.u8() == Rtnetlink.TUN_TYPE_TAP;
                case Rtnetlink.IFLA_TUN_VNET_HDR -> vnetHeader = data.u8() != 0;
                case Rtnetlink.IFLA_TUN_PERSIST -> persistent = data.u8() != 0;
                case Rtnetlink.IFLA_TUN_MULTI_QUEUE -> multiQueue = data.u8() != 0;
                // a single queue is counted only where there may be many
                case Rtnetlink.IFLA_TUN_NUM_QUEUES -> queues = data.i32();
                default -> {}
            }
        }
        return new Tun(isTap, persistent, multiQueue, vnetHeader, queues);
    }
}
