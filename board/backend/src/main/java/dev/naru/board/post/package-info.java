@NullMarked
package dev.naru.board.post;

import org.jspecify.annotations.NullMarked;
