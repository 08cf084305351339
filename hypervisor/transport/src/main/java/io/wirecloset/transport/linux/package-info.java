/** The system calls the transport stands on, by the foreign-function API; nothing here knows the protocol. */
package io.wirecloset.transport.linux;
