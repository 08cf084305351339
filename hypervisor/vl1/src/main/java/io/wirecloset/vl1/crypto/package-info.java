/** Ciphers, authenticators, hashes and compression of VL1, as functions of keys and bytes. */
package io.wirecloset.vl1.crypto;
