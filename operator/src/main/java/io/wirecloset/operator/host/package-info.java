/** The network controller as the reconcilers see it: what to serve, and who was seen. */
package io.wirecloset.operator.host;
