@NullMarked
package dev.naru.pipeline;

import org.jspecify.annotations.NullMarked;
