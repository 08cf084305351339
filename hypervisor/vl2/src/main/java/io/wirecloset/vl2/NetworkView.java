package io.wirecloset.vl2;

import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;

/**
 * One joined network as people and programs see it. Immutable.
 *
 * @param mac ours on this network
 * @param status how far the membership is
 * @param trouble why no frame passes although the status may be OK, in words to act on; null when all is well
 * @param config what the controller said last, null before it has
 * @param groups what we listen to
 * @param members nodes we have dealt with on this network
 */
public record NetworkView(
        long id,
        long mac,
        NetworkStatus status,
        String trouble,
        NetworkConfig config,
        List<MulticastGroup> groups,
        int members) {}
