/** The stock service's JSON API on the node's own port (controller.md sections 1 and 11): the server, and what answers. */
package io.wirecloset.node.localapi;
