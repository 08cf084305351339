/** Decisions as functions of what is kept: who is admitted, which addresses a member gets, what its configuration says. */
package io.wirecloset.controller.issue;
