/** What a controller keeps: networks and members, immutable. */
package io.wirecloset.controller.model;
