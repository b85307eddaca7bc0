/** Structured edits of a manifest repository. */
@NullMarked
package dev.naru.gitops.edit;

import org.jspecify.annotations.NullMarked;
