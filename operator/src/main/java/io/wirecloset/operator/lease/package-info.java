/** Who of several operators is the one: a Lease in the API server, and how long it can be relied on. */
package io.wirecloset.operator.lease;
