@NullMarked
package dev.naru.board.problem;

import org.jspecify.annotations.NullMarked;
