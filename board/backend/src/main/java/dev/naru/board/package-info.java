@NullMarked
package dev.naru.board;

import org.jspecify.annotations.NullMarked;
