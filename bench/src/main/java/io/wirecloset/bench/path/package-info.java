/** The whole way between two nodes, kernel included, beside the stock client in the same minutes. */
package io.wirecloset.bench.path;
