/** From files of a commit to Kubernetes objects. Pure: reads a {@link SourceTree}, nothing else. */
@NullMarked
package dev.naru.gitops.render;

import org.jspecify.annotations.NullMarked;
