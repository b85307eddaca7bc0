@NullMarked
package dev.naru.base;

import org.jspecify.annotations.NullMarked;
