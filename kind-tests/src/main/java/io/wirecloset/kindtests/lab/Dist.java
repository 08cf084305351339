package io.wirecloset.kindtests.lab;

import java.nio.file.Path;

/** What {@code make dist} leaves, and where things are in it. */
public record Dist(Path folder) {
    /** The one that {@code -Dwirecloset.dist} names, else the one of this checkout. */
    public static Dist current() {
        return new Dist(Path.of(System.getProperty("wirecloset.dist", "../dist"))
                .toAbsolutePath()
                .normalize());
    }

    public String program() {
        return folder.resolve("bin/wirecloset").toString();
    }

    /** What a program's start loads and compiles, as the build wrote it down; not there where it could not. */
    public Path startUpCache(String program) {
        return folder.resolve("lib").resolve(program).resolve("wirecloset.aot");
    }

    /** The OCI archive that {@code make images} adds. */
    public Path image() {
        return folder.resolve("images/wirecloset.tar");
    }

    /** The folder that holds the shim, as a runtime's CNI_PATH. */
    public Path shims() {
        return folder.resolve("cni");
    }

    public Path resourceDefinitions() {
        return folder.resolve("crds");
    }

    public Path sample(String name) {
        return folder.resolve("samples").resolve(name);
    }
}
