package io.wirecloset.vl1.path;

/** What the lanes noted about paths, by slot, over all lanes. Milliseconds; 0 for never. */
public interface LaneTimes {
    LaneTimes NONE = new LaneTimes() {
        @Override
        public long heardMs(int slot) {
            return 0;
        }

        @Override
        public long sentMs(int slot) {
            return 0;
        }
    };

    long heardMs(int slot);

    long sentMs(int slot);
}
