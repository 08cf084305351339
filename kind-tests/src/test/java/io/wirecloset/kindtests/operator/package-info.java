/** Whole operators from dist/: what becomes of a cluster when they die, are stopped or return. */
package io.wirecloset.kindtests.operator;
