/** The bytes of VL1: sizes, numbers, headers and small encodings, and the two classes through which all bytes are read and written. */
package io.wirecloset.vl1.wire;
