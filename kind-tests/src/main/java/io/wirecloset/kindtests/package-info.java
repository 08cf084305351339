/** Everything from outside: an API server in memory, and what is run against real programs. */
package io.wirecloset.kindtests;
