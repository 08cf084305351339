/** What an API server accepts of our kinds, who may do what, and which messages it answers with. */
package io.wirecloset.kindtests.api;
