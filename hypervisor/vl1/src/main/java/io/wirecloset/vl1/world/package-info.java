/** Planets and moons: signed lists of roots, and when one replaces another. */
package io.wirecloset.vl1.world;
