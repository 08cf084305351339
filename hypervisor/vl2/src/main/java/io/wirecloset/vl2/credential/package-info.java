/** What a controller signs: certificates of membership and ownership, capabilities, tags, revocations. */
package io.wirecloset.vl2.credential;
