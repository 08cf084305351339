package io.wirecloset.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares the compiled classes with the arrows of ARCHITECTURE.md. */
class PackageArrowsTest {
    /** Whom a module sees, itself left out. */
    private static final Map<String, Set<String>> MODULES = Map.of(
            "vl1", Set.of(),
            "vl2", Set.of("vl1"),
            "controller", Set.of("vl1", "vl2"),
            "engine", Set.of("vl1", "vl2"));

    /** {@code a ← b}: b uses a, never the other way. Neighbours between two arrows may use each other one way. */
    private static final Map<String, String> PACKAGES = Map.of(
            "vl1", "wire, crypto ← identity ← world, path ← peer ← root",
            "vl2", "ethernet, wire ← rule ← credential ← config ← network ← multicast ← root",
            "controller", "model, language ← issue, store ← root",
            "engine", "root");

    @Test
    void modulesSeeOnlyThoseTheyPointTo() {
        Set<String> found = new TreeSet<>();
        forEachOwnDependency((from, to) -> {
            String user = PureClasses.moduleOf(from.getPackageName());
            String used = PureClasses.moduleOf(to.getPackageName());
            if (!user.equals(used) && !MODULES.get(user).contains(used))
                found.add(from.getName() + " → " + to.getName());
        });
        assertThat(found).isEmpty();
    }

    @Test
    void packagesPointInOneDirection() {
        Set<String> found = new TreeSet<>();
        Set<String> between = new HashSet<>();
        forEachOwnDependency((from, to) -> {
            String module = PureClasses.moduleOf(from.getPackageName());
            if (!module.equals(PureClasses.moduleOf(to.getPackageName()))) return;
            String user = PureClasses.innerPackageOf(from.getPackageName());
            String used = PureClasses.innerPackageOf(to.getPackageName());
            if (user.equals(used)) return;
            between.add(module + "." + user + " → " + module + "." + used);
            boolean back = between.contains(module + "." + used + " → " + module + "." + user);
            if (back || rank(module, used) > rank(module, user)) found.add(from.getName() + " → " + to.getName());
        });
        assertThat(found).isEmpty();
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass each : PureClasses.all()) {
            String module = PureClasses.moduleOf(each.getPackageName());
            if (rank(module, PureClasses.innerPackageOf(each.getPackageName())) < 0) unknown.add(each.getPackageName());
        }
        assertThat(unknown).isEmpty();
    }

    private static int rank(String module, String innerPackage) {
        String[] layers = PACKAGES.get(module).split(" ← ", -1);
        for (int i = 0; i < layers.length; i++) {
            if (List.of(layers[i].split(", ", -1)).contains(innerPackage)) return i;
        }
        return -1;
    }

    private static void forEachOwnDependency(Arrow arrow) {
        for (JavaClass from : PureClasses.all()) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass().getBaseComponentType();
                if (PureClasses.moduleOf(to.getPackageName()) != null) arrow.seen(from, to);
            }
        }
    }

    @FunctionalInterface
    private interface Arrow {
        void seen(JavaClass from, JavaClass to);
    }
}
