/** The programs of {@code bin/wirecloset} among themselves, in namespaces. */
package io.wirecloset.kindtests.node;
