package io.wirecloset.controller;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import java.util.List;

/**
 * A member, for showing.
 *
 * @param addresses those its configuration lists, with prefix lengths
 * @param online whether it asked within the last two minutes
 * @param lastSeenMs wall time of its last request, 0 if there was none since the controller started
 * @param path where that came from; null if there was none, or it is the controller's own node
 * @param info what it said about its software, or null
 */
public record MemberView(
        Member member, List<InetCidr> addresses, boolean online, long lastSeenMs, Endpoint path, MemberInfo info) {}
