/** The home directory of a node: the stock service's files, names and formats (vl1-world.md section 4). */
package io.wirecloset.node.home;
