/** Rule tables: their bytes, and what they decide about a frame. */
package io.wirecloset.vl2.rule;
