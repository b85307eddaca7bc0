@NullMarked
package dev.naru.kube;

import org.jspecify.annotations.NullMarked;
