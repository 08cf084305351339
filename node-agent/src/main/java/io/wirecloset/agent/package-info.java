/** The node agent as an application: settings, order of coming up, probes, metrics. */
package io.wirecloset.agent;
