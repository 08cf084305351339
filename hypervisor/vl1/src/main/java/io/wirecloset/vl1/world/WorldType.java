package io.wirecloset.vl1.world;

import io.wirecloset.vl1.wire.MalformedException;

/** What kind of list of roots a world is. */
public enum WorldType {
    /** Stands for none. */
    NULL(0),
    /** The one every node has. */
    PLANET(1),
    /** One of any number that a node chooses to orbit. */
    MOON(127);

    private final int code;

    WorldType(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    public static WorldType of(int code) {
        return switch (code) {
            case 0 -> NULL;
            case 1 -> PLANET;
            case 127 -> MOON;
            default -> throw new MalformedException("unknown type of world");
        };
    }
}
