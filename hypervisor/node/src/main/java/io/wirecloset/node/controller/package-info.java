/** The stand-alone controller's outside: its files in the stock controller's form, and its part of the local JSON API. */
package io.wirecloset.node.controller;
