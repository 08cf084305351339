package io.wirecloset.vl2.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.network.Membership.Stored;
import io.wirecloset.vl2.wire.Limits;
import org.junit.jupiter.api.Test;

/** What the given vectors leave open about a member's tags: limits, expiry, the exact bounds of window and revocation. */
class MembershipTest {
    private static final Identity CONTROLLER = Identity.parse(
            "63f07dc54b:0:622b65221bd28356ccd3ee2473b4df99bd2628fdcb7f6605117b63b9688ad9032c4aea5a7a98dd8a9b00aa67b37032e0172d31dd45a79c424dac51ed5633544a:9fef45343d90d004ab6d13cd30f703db1fec7ca4a98ada69e663dd7e9084a2595897cc27e501cfbc5f7cd4a9336ae4b958e51edb2bcdaacd0bb163d73bdbfc14");
    private static final Identity MEMBER = Identity.parse(
            "03a8aa6f02:0:9841798c3a1a37bc5cff2709abbd80594d2c195fe6303f3a58cf27937e952c53c2b78ca72c65655ecd855c2feb6161712ca5877344268965febb5200046242d9");
    private static final long NETWORK = CONTROLLER.address() << 24 | 1;
    private static final long NOW = 1_700_000_000_000L;
    private static final long WINDOW_MS = 300_000;

    private final Membership membership = new Membership();

    @Test
    void aTagTakesThePlaceOfAnOlderOneOfItsId() {
        assertThat(membership.holdsNothing()).isTrue();
        assertThat(add(tag(7, NOW))).isEqualTo(Stored.NEW);
        assertThat(membership.holdsNothing()).isFalse();
        assertThat(add(tag(7, NOW))).isEqualTo(Stored.REDUNDANT);
        assertThat(add(tag(7, NOW - 1))).isEqualTo(Stored.REJECTED);
        assertThat(add(tag(7, NOW + 1))).isEqualTo(Stored.NEW);
        assertThat(membership.valid(NOW, WINDOW_MS)).containsExactly(tag(7, NOW + 1));
    }

    @Test
    void onlySoManyTagsAreKept() {
        for (int id = 0; id < Limits.TAGS; id++) assertThat(add(tag(id, NOW))).isEqualTo(Stored.NEW);
        assertThat(add(tag(Limits.TAGS, NOW))).isEqualTo(Stored.REJECTED);
        assertThat(add(tag(0, NOW + 1))).as("a newer one of a known id").isEqualTo(Stored.NEW);
        assertThat(membership.valid(NOW, WINDOW_MS)).hasSize(Limits.TAGS);
    }

    @Test
    void aTagCountsUpToTheEdgeOfTheWindowOnBothSides() {
        add(tag(1, NOW - WINDOW_MS));
        add(tag(2, NOW - WINDOW_MS - 1));
        add(tag(3, NOW + WINDOW_MS));
        add(tag(4, NOW + WINDOW_MS + 1));
        assertThat(membership.valid(NOW, WINDOW_MS)).extracting(Credential::id).containsExactlyInAnyOrder(1L, 3L);
    }

    @Test
    void onlyWhatIsTooOldIsDeleted() {
        add(tag(1, NOW - WINDOW_MS));
        add(tag(2, NOW - WINDOW_MS - 1));
        add(tag(4, NOW + WINDOW_MS + 1));
        membership.expire(NOW, WINDOW_MS);
        assertThat(membership.valid(NOW, 10 * WINDOW_MS))
                .extracting(Credential::id)
                .containsExactlyInAnyOrder(1L, 4L);
    }

    @Test
    void aRevocationReachesUpToItsThresholdAndNeverBack() {
        add(tag(1, NOW));
        add(tag(2, NOW));
        assertThat(add(revocation(1, NOW - 1))).isEqualTo(Stored.NEW);
        assertThat(membership.valid(NOW, WINDOW_MS)).as("signed after it").hasSize(2);
        assertThat(add(revocation(1, NOW))).isEqualTo(Stored.NEW);
        assertThat(membership.valid(NOW, WINDOW_MS)).containsExactly(tag(2, NOW));
        assertThat(add(revocation(1, NOW))).isEqualTo(Stored.REDUNDANT);
        assertThat(add(revocation(1, NOW - 1))).isEqualTo(Stored.REDUNDANT);
        assertThat(add(tag(1, NOW))).as("the same again is no news").isNotEqualTo(Stored.NEW);
        assertThat(add(tag(1, NOW + 1))).as("signed after the revocation").isEqualTo(Stored.NEW);
        assertThat(membership.certificateThreshold()).isEqualTo(NOW);
        assertThat(membership.certificate()).isNull();
    }

    @Test
    void onlySoManyRevocationsAreKept() {
        for (int id = 0; id < Limits.REVOCATIONS_PER_MEMBER; id++) {
            assertThat(add(revocation(id, NOW))).isEqualTo(Stored.NEW);
        }
        assertThat(add(revocation(Limits.REVOCATIONS_PER_MEMBER, NOW))).isEqualTo(Stored.REJECTED);
        assertThat(add(revocation(0, NOW + 1))).as("one that is known, raised").isEqualTo(Stored.NEW);
    }

    private Stored add(Credential credential) {
        return membership.add(credential, address -> address == CONTROLLER.address() ? CONTROLLER : null);
    }

    private static Tag tag(long id, long timestamp) {
        return Tag.issue(NETWORK, timestamp, id, 5, MEMBER.address(), CONTROLLER);
    }

    private static Revocation revocation(long tag, long threshold) {
        return Revocation.issue(9, NETWORK, Credential.TYPE_TAG, tag, threshold, 0, MEMBER.address(), CONTROLLER);
    }
}
