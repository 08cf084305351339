package io.wirecloset.engine;

import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl2.Vl2;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds every collection that an object of ours holds, however deep, and how much is in it. No table is forgotten. */
final class Tables {
    /** What the tests bring along is of no interest, though much of it can be reached. */
    private static final Set<CodeSource> PRODUCT = Stream.of(Engine.class, Vl2.class, Vl1.class)
            .map(each -> each.getProtectionDomain().getCodeSource())
            .collect(Collectors.toSet());

    private final Map<String, Integer> sizes = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();

    private Tables() {}

    /** @return the size of the largest collection in each field, by "Class.field" */
    static Map<String, Integer> in(Object root) {
        Tables tables = new Tables();
        tables.visitLater(root);
        for (Object next; (next = tables.toVisit.poll()) != null; ) tables.visit(next);
        return tables.sizes;
    }

    private void visitLater(Object object) {
        if (isOurs(object.getClass()) && !object.getClass().isEnum() && seen.add(object)) toVisit.add(object);
    }

    private static boolean isOurs(Class<?> type) {
        return type != null && PRODUCT.contains(type.getProtectionDomain().getCodeSource());
    }

    private void visit(Object object) {
        for (Class<?> type = object.getClass(); isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) continue;
                field.setAccessible(true);
                try {
                    found(type.getSimpleName() + "." + field.getName(), field.get(object));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private void found(String where, Object value) {
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> {
                sizes.merge(where, map.size(), Math::max);
                map.forEach((key, held) -> {
                    found(where + "[]", key);
                    found(where + "[]", held);
                });
            }
            case Collection<?> some -> {
                sizes.merge(where, some.size(), Math::max);
                for (Object each : some) found(where + "[]", each);
            }
            case Object[] array -> {
                for (Object each : array) found(where + "[]", each);
            }
            default -> visitLater(value);
        }
    }
}
