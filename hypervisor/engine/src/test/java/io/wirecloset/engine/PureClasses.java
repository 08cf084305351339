package io.wirecloset.engine;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;

/** The compiled classes of the modules that have no I/O of their own, without their tests. */
final class PureClasses {
    static final String BASE = "io.wirecloset.";
    static final List<String> MODULES = List.of("vl1", "vl2", "controller", "engine");

    private static JavaClasses classes;

    private PureClasses() {}

    static synchronized JavaClasses all() {
        if (classes == null) {
            classes = new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(PureClasses::isNoTestJar)
                    .importPackages(
                            MODULES.stream().map(module -> BASE + module).toArray(String[]::new));
        }
        return classes;
    }

    /** Where modules are packaged, the tests that others use come as a jar. */
    private static boolean isNoTestJar(Location location) {
        return !location.contains("-tests.jar");
    }

    /** {@code vl1} for {@code io.wirecloset.vl1.wire}; null for what is not ours. */
    static String moduleOf(String packageName) {
        if (!packageName.startsWith(BASE)) return null;
        String rest = packageName.substring(BASE.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    /** {@code wire} for {@code io.wirecloset.vl1.wire}, {@code root} for {@code io.wirecloset.vl1}. */
    static String innerPackageOf(String packageName) {
        String module = BASE + moduleOf(packageName);
        if (packageName.equals(module)) return "root";
        String rest = packageName.substring(module.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
