/** Network namespaces: found, checked, entered for one task. */
package io.wirecloset.transport.netns;
