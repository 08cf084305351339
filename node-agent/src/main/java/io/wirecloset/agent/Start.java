package io.wirecloset.agent;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins: Quarkus starts, and beside it on another processor what the node waits for later is loaded. */
@QuarkusMain
public final class Start {
    private Start() {}

    public static void main(String... args) {
        Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::run);
        Quarkus.run(Main.class, args);
    }
}
