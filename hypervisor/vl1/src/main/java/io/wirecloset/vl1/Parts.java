package io.wirecloset.vl1;

import io.wirecloset.vl1.path.Surface;
import io.wirecloset.vl1.wire.DropCounters;

/** What {@link Vl1} is made of: each part knows those before it, and what happens to a packet may need any. */
final class Parts {
    final Vl1Settings settings;
    final Vl1Out out;
    final Upper upper;
    final DropCounters drops = new DropCounters();
    final ExpectedReplies expected = new ExpectedReplies();
    final Surface surface = new Surface();

    final Worlds worlds;
    final Peers peers;
    final Acquaintances acquaintances = new Acquaintances(drops);
    final Outbound outbound;
    final Contacts contacts;
    final Courier courier;
    final Whois whois;
    final Meetings meetings;
    final PathPush push;
    final Relay relay;
    final Keepalive keepalive;
    final Negotiation negotiation;
    final Greeter greeter;

    Parts(Vl1Settings settings, Vl1Out out, Upper upper) {
        this.settings = settings;
        this.out = out;
        this.upper = upper;
        worlds = new Worlds(settings, out);
        peers = new Peers(settings, worlds, drops);
        outbound = new Outbound(settings, worlds, out, drops, expected);
        contacts = new Contacts(worlds, peers, outbound);
        courier = new Courier(peers, contacts, outbound, acquaintances, drops);
        whois = new Whois(settings, out, worlds, peers, acquaintances, outbound, drops);
        meetings = new Meetings(peers, contacts, outbound, whois, drops);
        push = new PathPush(contacts, courier, outbound, surface);
        relay = new Relay(settings, worlds, peers, outbound, drops);
        keepalive =
                new Keepalive(settings, worlds, peers, acquaintances, contacts, courier, outbound, push, whois, relay);
        negotiation = new Negotiation(settings, peers, courier, outbound, drops);
        greeter = new Greeter(settings, out, worlds, peers, contacts, outbound, surface, negotiation, drops);
    }
}
