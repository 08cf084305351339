package io.wirecloset.kindtests.stock;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Runs beside the stock client, where there is one. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
        named = "WIRECLOSET_ZEROTIER_ONE",
        matches = ".+",
        disabledReason = "WIRECLOSET_ZEROTIER_ONE names no stock client")
public @interface NeedsStockClient {}
