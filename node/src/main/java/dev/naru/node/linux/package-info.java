/** What Java has no class for: mounts, namespaces, control groups, pidfds, pseudo-terminals. */
@NullMarked
package dev.naru.node.linux;

import org.jspecify.annotations.NullMarked;
