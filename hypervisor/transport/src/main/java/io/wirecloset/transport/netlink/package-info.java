/** The kernel's links, addresses, routes and neighbours: read, changed and watched over rtnetlink. */
package io.wirecloset.transport.netlink;
