/** The ways datagrams go: one peer's paths, which of them is best, and where others see us. */
package io.wirecloset.vl1.path;
