package io.wirecloset.transport.udp;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;

/**
 * A bound logical socket on its way from one owner to the next, perhaps in another process. What comes in meanwhile waits in
 * the kernel.
 *
 * @param interfaceName what it is bound to beside the address; empty for none
 * @param perLane a descriptor for each lane
 */
public record OpenSocket(Endpoint bound, String interfaceName, List<Descriptor> perLane) implements AutoCloseable {
    public OpenSocket {
        perLane = List.copyOf(perLane);
    }

    @Override
    public void close() {
        perLane.forEach(Descriptor::close);
    }
}
