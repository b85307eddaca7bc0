@NullMarked
package dev.naru.gitops;

import org.jspecify.annotations.NullMarked;
