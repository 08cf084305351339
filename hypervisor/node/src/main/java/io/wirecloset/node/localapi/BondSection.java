package io.wirecloset.node.localapi;

/** /bond of the local API. Bonding is never in use here, and that is what a stock service without it says as well. */
public final class BondSection implements ApiSection {
    /** The first segment of the paths that it answers. */
    public static final String SEGMENT = "bond";

    private static final int SET_MTU_SEGMENTS = 5;

    @Override
    public ApiResponse answer(ApiRequest r) {
        boolean known =
                switch (r.segment(1)) {
                    case "show" -> r.is("GET") && r.path().size() == 3;
                    case "rotate" -> r.is("POST") && r.path().size() == 3;
                    case "setmtu" -> r.is("POST") && r.path().size() == SET_MTU_SEGMENTS;
                    default -> false;
                };
        return known ? ApiResponse.emptyObject(400) : null;
    }
}
