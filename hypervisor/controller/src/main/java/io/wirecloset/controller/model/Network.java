package io.wirecloset.controller.model;

/**
 * A network as it is kept.
 *
 * @param id its top 40 bits are the controller's address
 * @param revision one more at each change
 * @param createdMs wall time
 */
public record Network(long id, NetworkSpec spec, long revision, long createdMs) {
    public Network with(NetworkSpec newSpec) {
        return new Network(id, newSpec, revision + 1, createdMs);
    }
}
