/** What a member knows of a network: its configuration, how it is asked for, and what its peers have proved. */
package io.wirecloset.vl2.network;
