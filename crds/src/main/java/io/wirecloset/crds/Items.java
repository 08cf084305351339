package io.wirecloset.crds;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What each text of a list has to be. The length bounds what checking the list costs: the API server refuses rules over
 * texts of any length.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Items {
    int minLength() default 1;

    int maxLength();

    /** A regular expression; none when empty. */
    String pattern() default "";

    /** A CEL rule about {@code self}, and what is said when it is broken; none when empty. */
    String rule() default "";

    String message() default "";
}
