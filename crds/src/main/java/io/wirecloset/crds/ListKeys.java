package io.wirecloset.crds;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How server-side apply merges a list: by the keys named, or, with none, as a set of plain values. Ends up in the CRD
 * as {@code x-kubernetes-list-type}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface ListKeys {
    String[] value() default {};
}
