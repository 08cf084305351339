package io.wirecloset.operator.status;

/**
 * Why a resource cannot be carried out as written.
 *
 * @param reason one CamelCase word for programs
 * @param message what is wrong with which field, and what to write instead
 */
public record Refusal(String reason, String message) {}
