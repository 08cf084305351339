/** Pods on nodes behind NAT: the whole product from outside, in namespaces. */
package io.wirecloset.kindtests.pods;
