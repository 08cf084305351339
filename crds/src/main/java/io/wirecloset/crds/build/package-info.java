/** Writes the CRD YAML from the classes, at build. */
package io.wirecloset.crds.build;
