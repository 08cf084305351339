/** From a ZeroTierMember to what the controller grants and what the status says; no client, no clock of its own. */
package io.wirecloset.operator.member;
