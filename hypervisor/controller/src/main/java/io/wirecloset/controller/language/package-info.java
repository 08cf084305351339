/** Rules as people and programs write them: the rule language, and the names and values that JSON carries. */
package io.wirecloset.controller.language;
