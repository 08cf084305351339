/** Where a controller keeps things: one small asynchronous interface, and a store in memory. */
package io.wirecloset.controller.store;
