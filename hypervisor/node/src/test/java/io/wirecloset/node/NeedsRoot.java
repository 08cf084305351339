package io.wirecloset.node;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests that make network namespaces: skipped, and said so, for whoever may not. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(value = "io.wirecloset.node.Lab#mayMakeNamespaces", disabledReason = "needs root: makes network namespaces")
@interface NeedsRoot {}
