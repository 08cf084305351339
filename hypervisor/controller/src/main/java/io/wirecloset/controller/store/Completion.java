package io.wirecloset.controller.store;

/** How something asked for came out. Exactly one of the two is called, once, on the control loop. */
public interface Completion {
    void done();

    /** @param why in words for a log or a status */
    void failed(String why);

    /** For those who need not know. */
    Completion NOBODY = new Completion() {
        @Override
        public void done() {}

        @Override
        public void failed(String why) {}
    };
}
