package io.wirecloset.transport.linux;

/** Something with a descriptor that a {@link Poller} watches. */
public interface Watched {
    /** The descriptor to watch; must stay open until the poller has let go of it. */
    int fd();

    /**
     * Something came in, or there is room again. Told once per change, not as long as it lasts: read or write until the
     * kernel says no. May be told for nothing.
     */
    void ready();
}
