package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/** ERROR. @param code one of {@link io.wirecloset.vl1.wire.ErrorCode} or unknown; @param data depends on the code */
public record ErrorAnswer(InRe inRe, int code, byte[] data) {
    public static ErrorAnswer read(WireReader in) {
        return new ErrorAnswer(InRe.read(in), in.u8(), in.bytes(in.remaining()));
    }

    public void write(WireWriter out) {
        inRe.write(out);
        out.u8(code).bytes(data);
    }
}
