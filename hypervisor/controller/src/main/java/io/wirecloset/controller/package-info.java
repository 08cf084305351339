/** The network controller: who may join, with what address. Pure; stores and sends through interfaces. */
package io.wirecloset.controller;
