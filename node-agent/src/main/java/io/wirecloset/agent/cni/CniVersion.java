package io.wirecloset.agent.cni;

/** Versions of the CNI specification whose results can be made, oldest first. */
enum CniVersion {
    V0_1_0("0.1.0"),
    V0_2_0("0.2.0"),
    V0_3_0("0.3.0"),
    V0_3_1("0.3.1"),
    V0_4_0("0.4.0"),
    V1_0_0("1.0.0"),
    V1_1_0("1.1.0");

    static final CniVersion NEWEST = V1_1_0;

    private final String text;

    CniVersion(String text) {
        this.text = text;
    }

    /** @param text empty: a configuration from before there were versions. @return null for one that is not ours */
    static CniVersion of(String text) {
        if (text.isEmpty()) {
            return V0_1_0;
        }
        for (CniVersion v : values()) {
            if (v.text.equals(text)) {
                return v;
            }
        }
        return null;
    }

    boolean isAtLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
