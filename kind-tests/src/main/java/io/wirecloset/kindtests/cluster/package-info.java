/** A cluster without Kubernetes' own programs: real API server or one in memory, operator, agents, pods. */
package io.wirecloset.kindtests.cluster;
