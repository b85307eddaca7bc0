/** Containers: what runc and conmon are told, and what they leave. Knows nothing of Kubernetes. */
@NullMarked
package dev.naru.node.container;

import org.jspecify.annotations.NullMarked;
