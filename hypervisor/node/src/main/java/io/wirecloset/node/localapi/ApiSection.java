package io.wirecloset.node.localapi;

/** Answers the requests below one or more first path segments. Called on the server's own threads; may block briefly. */
public interface ApiSection {
    /** @return the answer, or null when this section has no such path or method */
    ApiResponse answer(ApiRequest request);
}
