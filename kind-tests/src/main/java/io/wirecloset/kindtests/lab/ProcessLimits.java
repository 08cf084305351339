package io.wirecloset.kindtests.lab;

import java.util.Optional;

/** How much of the kernel a process that runs already may have. */
public final class ProcessLimits implements AutoCloseable {
    private final ControlGroup group;

    private ProcessLimits(ControlGroup group) {
        this.group = group;
    }

    /** From now on it opens nothing beyond so many descriptors; may be changed again, up to what it began with. */
    public static void descriptors(long pid, int limit) {
        Shell.run("prlimit", "--pid", "" + pid, "--nofile=" + limit + ":");
    }

    /** A control group for threads, without a limit yet. @return empty when this machine lets nobody limit them */
    public static Optional<ProcessLimits> threads(Lab lab, String name) {
        return ControlGroup.tryMake("pids", lab.tag() + "-" + name + "-threads", group -> {
            group.write("pids.max", "max");
            return new ProcessLimits(group);
        });
    }

    /** Puts a process inside. */
    public void take(long pid) {
        group.write("cgroup.procs", "" + pid);
    }

    /** So many threads, of all processes inside. */
    public void limit(int threads) {
        group.write("pids.max", "" + threads);
    }

    /** When all processes inside have ended. */
    @Override
    public void close() {
        group.close();
    }
}
