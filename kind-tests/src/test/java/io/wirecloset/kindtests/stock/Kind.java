package io.wirecloset.kindtests.stock;

/** Who plays a part. */
enum Kind {
    OURS,
    STOCK;

    @Override
    public String toString() {
        return this == OURS ? "ours" : "stock";
    }
}
