@NullMarked
package dev.naru.git;

import org.jspecify.annotations.NullMarked;
