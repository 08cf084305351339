package io.wirecloset.transport.udp;

import io.wirecloset.engine.DatagramPort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.linux.Tally;
import io.wirecloset.transport.linux.Watched;
import io.wirecloset.vl1.wire.Endpoint;

/**
 * One lane's side of all logical sockets.
 *
 * <p>Driven by the lane's thread alone. It follows the sockets as {@link UdpSockets} opens and closes them; a closed one is
 * not used any more once the current call returns.
 */
public final class UdpPort implements DatagramPort {
    /** This lane's descriptor of one logical socket. */
    private final class Side implements Watched {
        private final int id;
        private final Descriptor descriptor;
        private boolean mayHaveData = true;
        private boolean full;
        /** Longest datagram that may travel in a train; lowered when the kernel refuses. */
        private int longestInTrain = Trains.TRAIN_BYTES;

        Side(UdpSocket socket) {
            this.id = socket.id;
            this.descriptor = socket.lane(lane);
        }

        @Override
        public int fd() {
            return descriptor.fdInside();
        }

        @Override
        public void ready() {
            mayHaveData = true;
            if (full) {
                full = false;
                watchRoom(this, false);
            }
        }
    }

    // set once
    private final int lane;
    private final UdpSockets sockets;
    private final Tally<UdpCount> counts = new Tally<>(UdpCount.class);

    // this lane only
    private final Receiver receiver = new Receiver(counts);
    private final Trains trains = new Trains();
    private Poller poller;
    private UdpSocket[] seen = {};
    private Side[] sides = {};
    private int next;

    UdpPort(int lane, UdpSockets sockets) {
        this.lane = lane;
        this.sockets = sockets;
    }

    /** From now on the poller tells which sockets to read; before, and without one, each poll tries all of them. */
    public void watchedBy(Poller watching) {
        poller = watching;
        for (Side side : sides) {
            watch(side);
        }
    }

    public long count(UdpCount kind) {
        return counts.get(kind);
    }

    // ---- receiving

    @Override
    public int poll(Slab slab, Sink sink, int limit, long nowMs) {
        follow();
        byte[] slot = slab.slot(0);
        int dealt = receiver.deal(slot, sink, limit);
        // each socket gets its turn, whoever is busiest
        for (int tried = 0; tried < sides.length && dealt < limit; tried++) {
            Side side = sides[next];
            next = (next + 1) % sides.length;
            while (side.mayHaveData && dealt < limit && fill(side)) {
                dealt += receiver.deal(slot, sink, limit - dealt);
            }
        }
        return dealt;
    }

    private boolean fill(Side side) {
        if (!side.descriptor.enter()) {
            side.mayHaveData = false;
            return false;
        }
        try {
            boolean filled = receiver.fill(side.id, side.descriptor.fdInside());
            side.mayHaveData = filled || poller == null;
            return filled;
        } finally {
            side.descriptor.leave();
        }
    }

    // ---- sending

    @Override
    public void add(int socket, Endpoint to, byte[] slot, int at, int length) {
        follow();
        Side side = side(socket);
        if (side == null) {
            counts.count(UdpCount.DROPPED_NO_SOCKET);
            return;
        }
        if (length > Trains.TRAIN_BYTES) {
            counts.count(UdpCount.DROPPED_REFUSED);
            return;
        }
        if (trains.add(socket, to, slot, at, length, side.longestInTrain)) {
            return;
        }
        flush();
        if (!trains.add(socket, to, slot, at, length, side.longestInTrain)) {
            counts.count(UdpCount.DROPPED_FULL);
        }
    }

    @Override
    public void flush() {
        if (trains.count() == 0) {
            return;
        }
        trains.seal();
        int train = 0;
        while (train < trains.count()) {
            int end = train + 1;
            while (end < trains.count() && trains.socket(end) == trains.socket(train)) {
                end++;
            }
            int sent = send(train, end);
            train += sent;
            if (train < end) {
                break; // full: the rest waits
            }
        }
        trains.dropBefore(train);
    }

    @Override
    public boolean writable() {
        if (poller == null && trains.count() > 0) {
            flush();
            return trains.count() == 0;
        }
        for (Side side : sides) {
            if (side.full) {
                return false;
            }
        }
        return true;
    }

    /** Sends trains of one socket. @return how many are done with, sent or lost; fewer than there are when it is full */
    private int send(int from, int to) {
        Side side = side(trains.socket(from));
        if (side == null || !side.descriptor.enter()) {
            counts.add(UdpCount.DROPPED_NO_SOCKET, to - from);
            return to - from;
        }
        try {
            int fd = side.descriptor.fdInside();
            int train = from;
            while (train < to) {
                int done = SocketCalls.sendmmsg(
                        fd, trains.headersFrom(train), to - train, SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL);
                counts.count(UdpCount.SEND_CALLS);
                if (done > 0) {
                    for (int i = train; i < train + done; i++) {
                        countSent(trains.datagrams(i), trains.length(i));
                    }
                    train += done;
                } else if (done == -Errno.EAGAIN) {
                    waitForRoom(side);
                    return train - from;
                } else if (done != -Errno.EINTR) {
                    refused(side, train, -done);
                    train++;
                }
            }
            return to - from;
        } finally {
            side.descriptor.leave();
        }
    }

    private void countSent(int datagrams, int bytes) {
        counts.add(UdpCount.SENT_DATAGRAMS, datagrams);
        counts.add(UdpCount.SENT_BYTES, bytes);
    }

    /** A train may be too long for the link, or the device may not take trains at all; its datagrams alone still may go. */
    private void refused(Side side, int train, int errno) {
        if (trains.datagrams(train) == 1 || errno != Errno.EMSGSIZE && errno != Errno.EINVAL && errno != Errno.EIO) {
            counts.add(UdpCount.DROPPED_REFUSED, trains.datagrams(train));
            return;
        }
        counts.count(UdpCount.TRAINS_TAKEN_APART);
        side.longestInTrain = errno == Errno.EIO ? 0 : Math.min(side.longestInTrain, trains.each(train) - 1);
        for (int i = 0; i < trains.datagrams(train); i++) {
            int length = trains.datagramBytes(train, i);
            long done = SocketCalls.sendto(
                    side.descriptor.fdInside(),
                    trains.datagram(train, i),
                    length,
                    SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL,
                    trains.name(train),
                    trains.nameBytes(train));
            counts.count(UdpCount.SEND_CALLS);
            if (done >= 0) {
                countSent(1, length);
            } else {
                counts.count(done == -Errno.EAGAIN ? UdpCount.DROPPED_FULL : UdpCount.DROPPED_REFUSED);
            }
        }
    }

    private void waitForRoom(Side side) {
        counts.count(UdpCount.SEND_WAITED);
        if (poller != null) {
            side.full = true;
            watchRoom(side, true);
        }
    }

    // ---- following the sockets

    private void follow() {
        UdpSocket[] now = sockets.current();
        if (now == seen) {
            return;
        }
        Side[] changed = new Side[now.length];
        for (int i = 0; i < now.length; i++) {
            Side known = side(now[i].id);
            changed[i] = known != null ? known : new Side(now[i]);
            if (known == null) {
                watch(changed[i]);
            }
        }
        for (Side old : sides) {
            if (!contains(now, old.id) && poller != null) {
                poller.forget(old); // closed
            }
        }
        sides = changed;
        seen = now;
        next = 0;
    }

    private static boolean contains(UdpSocket[] all, int id) {
        for (UdpSocket socket : all) {
            if (socket.id == id) {
                return true;
            }
        }
        return false;
    }

    private Side side(int id) {
        for (Side side : sides) {
            if (side.id == id) {
                return side;
            }
        }
        return null;
    }

    private void watch(Side side) {
        if (poller != null && side.descriptor.enter()) {
            try {
                poller.watch(side);
            } catch (LinuxException e) {
                throw new IllegalStateException("a UDP socket cannot be watched", e);
            } finally {
                side.descriptor.leave();
            }
        }
    }

    private void watchRoom(Side side, boolean wanted) {
        if (poller != null && side.descriptor.enter()) {
            try {
                poller.wantRoom(side, wanted);
            } catch (LinuxException e) {
                side.full = false; // tried again with the next batch
            } finally {
                side.descriptor.leave();
            }
        }
    }
}
