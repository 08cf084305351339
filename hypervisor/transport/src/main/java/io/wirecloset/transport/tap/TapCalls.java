package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The requests of {@code /dev/net/tun}, on one queue's descriptor. */
final class TapCalls {
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    /**
     * How every queue is opened. A contract between versions: a device that outlives its process is found again only with
     * the same flags, and a process with others would change the form of frames under the hands of the rest.
     */
    static final int FLAGS = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final long TUNSETCARRIER = 0x400454e2L;

    private static final int CHECKSUM = 0x01;
    private static final int TSO_V4 = 0x02;
    private static final int TSO_V6 = 0x04;
    private static final int TSO_ECN = 0x08;
    private static final int USO_V4 = 0x20;
    private static final int USO_V6 = 0x40;
    private static final int TSO = CHECKSUM | TSO_V4 | TSO_V6 | TSO_ECN;
    /** From what we would like down to what every kernel has. */
    private static final int[] OFFLOADS = {TSO | USO_V4 | USO_V6, TSO, CHECKSUM, 0};

    private static final int NAME_BYTES = 16;
    private static final int REQUEST_BYTES = 40;

    private TapCalls() {}

    /** Opens a queue of the device in the calling thread's namespace, which comes into being if there is none. */
    static Descriptor openQueue(String name) throws LinuxException {
        Descriptor queue = Descriptor.open("/dev/net/tun", FileCalls.O_RDWR | FileCalls.O_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(REQUEST_BYTES, 8);
            request.setString(0, name);
            request.set(JAVA_SHORT, NAME_BYTES, (short) FLAGS);
            Errno.check(FileCalls.ioctl(queue.fd(), TUNSETIFF, request), "open a queue of TAP " + name);
            setNumber(queue, TUNSETVNETHDRSZ, VnetHeader.LENGTH, "set the vnet header of TAP " + name);
            return queue;
        } catch (LinuxException | RuntimeException e) {
            queue.close();
            throw e;
        }
    }

    /** Of the whole device: super-frames and unfinished checksums, as much of it as the kernel knows. */
    static void offload(Descriptor queue, String name) throws LinuxException {
        for (int offloads : OFFLOADS) {
            int done = FileCalls.ioctl(queue.fd(), TUNSETOFFLOAD, (long) offloads);
            if (done != -Errno.EINVAL) {
                Errno.check(done, "set the offloads of TAP " + name);
                return;
            }
        }
        throw new LinuxException("set the offloads of TAP " + name, Errno.EINVAL);
    }

    static void persist(Descriptor queue, String name, boolean wanted) throws LinuxException {
        Errno.check(FileCalls.ioctl(queue.fd(), TUNSETPERSIST, wanted ? 1L : 0L), "keep TAP " + name);
    }

    static void carrier(Descriptor queue, String name, boolean wanted) throws LinuxException {
        setNumber(queue, TUNSETCARRIER, wanted ? 1 : 0, "set the carrier of TAP " + name);
    }

    private static void setNumber(Descriptor queue, long request, int value, String what) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            Errno.check(FileCalls.ioctl(queue.fd(), request, arena.allocateFrom(JAVA_INT, value)), what);
        }
    }
}
