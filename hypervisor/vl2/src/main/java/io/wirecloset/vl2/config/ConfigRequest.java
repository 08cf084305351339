package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Limits;

/**
 * NETWORK_CONFIG_REQUEST (vl2.md 4.2).
 *
 * <pre>u64 network id | u16 length | metadata | u64 revision we have | u64 timestamp of the configuration we have</pre>
 *
 * @param metadata see {@link RequestMetadata}
 * @param haveRevision 0 without a configuration
 * @param haveTimestamp 0 without a configuration
 */
public record ConfigRequest(long networkId, Dictionary metadata, long haveRevision, long haveTimestamp) {
    private static final int HAVE_BYTES = 16;

    /** Older members leave the last two fields away. @throws MalformedException also for metadata that is too long */
    public static ConfigRequest read(WireReader in) {
        long networkId = in.u64();
        int length = in.u16();
        if (length >= Limits.METADATA_BYTES) {
            throw new MalformedException("request metadata too long");
        }
        Dictionary metadata = Dictionary.read(in.bytes(length));
        boolean have = in.remaining() >= HAVE_BYTES;
        return new ConfigRequest(networkId, metadata, have ? in.u64() : 0, have ? in.u64() : 0);
    }

    public void write(WireWriter out) {
        byte[] text = metadata.toBytes();
        out.u64(networkId).u16(text.length).bytes(text).u64(haveRevision).u64(haveTimestamp);
    }

    public byte[] toBytes() {
        WireWriter out = new WireWriter(512);
        write(out);
        return out.toByteArray();
    }
}
