package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;

/**
 * An authenticated, decrypted and decompressed packet and the way it came. Borrowed: neither the object nor its bytes
 * may be kept beyond the call, except to {@link Vl1#reply} at once.
 */
public final class Received {
    /** Who sent it; its key opened the packet. */
    public final Identity from;

    public final long source;
    public final int verb;
    /** The id on the wire, by which answers name what they answer. */
    public final long packetId;
    /** Relays it came through; 0 is direct. */
    public final int hops;

    public final int socket;
    /** Who handed us the datagram: the sender when {@link #hops} is 0, else a relay. */
    public final Endpoint path;

    /** The payload is {@code buffer[offset .. offset + length)}. */
    public final byte[] buffer;

    public final int offset;
    public final int length;

    public Received(
            Identity from,
            int verb,
            long packetId,
            int hops,
            int socket,
            Endpoint path,
            byte[] buffer,
            int offset,
            int length) {
        this.from = from;
        this.source = from.address();
        this.verb = verb;
        this.packetId = packetId;
        this.hops = hops;
        this.socket = socket;
        this.path = path;
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
    }

    /** A reader over the payload. */
    public WireReader reader() {
        return new WireReader(buffer, offset, length);
    }

    /** The same packet without the first {@code bytes} of its payload. */
    Received skip(int bytes) {
        return new Received(from, verb, packetId, hops, socket, path, buffer, offset + bytes, length - bytes);
    }

    @Override
    public String toString() {
        return Verb.name(verb) + " from " + Addresses.format(source) + ", " + length + " bytes, " + hops + " hops";
    }
}
