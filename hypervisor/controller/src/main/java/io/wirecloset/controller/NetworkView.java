package io.wirecloset.controller;

import io.wirecloset.controller.model.Network;

/** A network and how many are in it, for showing. */
public record NetworkView(Network network, int members, int authorized, int online, int strangers) {}
