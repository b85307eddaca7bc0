@NullMarked
package dev.naru.images;

import org.jspecify.annotations.NullMarked;
