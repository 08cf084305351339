/** From a ZeroTierNetwork to what the controller serves and what the status says; no client, no clock of its own. */
package io.wirecloset.operator.network;
