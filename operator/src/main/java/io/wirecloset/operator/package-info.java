/** The operator: reconcilers that turn custom resources into controller state, and what they share. */
package io.wirecloset.operator;
