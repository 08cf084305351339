/** Conditions, and the answer that a resource cannot be carried out as written. */
package io.wirecloset.operator.status;
