@NullMarked
package dev.naru.node;

import org.jspecify.annotations.NullMarked;
