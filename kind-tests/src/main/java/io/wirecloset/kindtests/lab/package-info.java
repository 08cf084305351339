/** Hosts, clouds, NATs and the internet between them, as network namespaces on this machine; removed without a trace. */
package io.wirecloset.kindtests.lab;
