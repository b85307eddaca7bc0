@NullMarked
package dev.naru.delivery;

import org.jspecify.annotations.NullMarked;
