/** {@code make demo}: the main job once, for real, told while it happens. */
package io.wirecloset.kindtests.demo;
