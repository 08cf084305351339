/** Pods' interfaces: records of them, their wiring in the kernel, the filter around them. Knows no CNI and no API server. */
package io.wirecloset.agent.attach;
