/** How container runtimes see from files whether this node serves pods. */
package io.wirecloset.agent.health;
