/** Several clusters on one network. */
package io.wirecloset.kindtests.clusters;
