package io.wirecloset.transport.linux;

import java.util.Arrays;

/**
 * One thread's sleep: until a watched descriptor has news, somebody calls {@link #wake}, or the time is up.
 *
 * <p>The owning thread awaits; any thread may watch, unwatch and wake. Edge-triggered: news is told once, so a port that is
 * not read for a while (because the other side is full) does not keep the thread awake.
 */
public final class Poller implements AutoCloseable {
    private static final int EVENTS_LIMIT = 64;
    private static final int WAKE = -1;
    private static final int EDGE = 1 << 31;

    private final Epoll epoll;
    private final EventFd wake;
    // copied when changed
    private volatile Watched[] watched = new Watched[0];

    private Poller(Epoll epoll, EventFd wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    public static Poller create() throws LinuxException {
        Epoll epoll = Epoll.create(EVENTS_LIMIT);
        EventFd wake = EventFd.create();
        epoll.add(wake.fd(), Epoll.IN, WAKE);
        return new Poller(epoll, wake);
    }

    /** From now on told of what comes in, at first once in any case. */
    public synchronized void watch(Watched what) throws LinuxException {
        int free = Arrays.asList(watched).indexOf(null);
        Watched[] changed = free < 0 ? Arrays.copyOf(watched, watched.length + 1) : watched.clone();
        int index = free < 0 ? changed.length - 1 : free;
        changed[index] = what;
        watched = changed;
        try {
            epoll.add(what.fd(), Epoll.IN | EDGE, index);
        } catch (LinuxException e) {
            forget(what);
            throw e;
        }
    }

    /** Also told when there is room to write, or no longer. */
    public synchronized void wantRoom(Watched what, boolean wanted) throws LinuxException {
        int index = Arrays.asList(watched).indexOf(what);
        if (index >= 0) {
            epoll.modify(what.fd(), Epoll.IN | EDGE | (wanted ? Epoll.OUT : 0), index);
        }
    }

    /** To be called before the descriptor is closed. Harmless for what is not watched. */
    public synchronized void unwatch(Watched what) {
        if (Arrays.asList(watched).contains(what)) {
            epoll.remove(what.fd());
            forget(what);
        }
    }

    /**
     * As {@link #unwatch}, for a descriptor that is closed: the kernel has let go of it already, and its number may belong to
     * another one.
     */
    public synchronized void forget(Watched what) {
        int index = Arrays.asList(watched).indexOf(what);
        if (index >= 0) {
            Watched[] changed = watched.clone();
            changed[index] = null;
            watched = changed;
        }
    }

    public void wake() {
        wake.signal();
    }

    /** Tells all that have news. @param timeoutMs 0 only looks, -1 waits for ever */
    public void await(int timeoutMs) {
        int found = epoll.await(timeoutMs);
        Watched[] now = watched;
        for (int i = 0; i < found; i++) {
            int index = (int) epoll.tag(i);
            if (index == WAKE) {
                wake.drain();
            } else if (index < now.length && now[index] != null) {
                now[index].ready();
            }
        }
    }

    @Override
    public void close() {
        epoll.close();
        wake.close();
    }
}
