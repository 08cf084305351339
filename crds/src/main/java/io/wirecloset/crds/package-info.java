/** The custom resources of Wirecloset: one class per kind, from which the CRD YAML is generated at build. */
package io.wirecloset.crds;
