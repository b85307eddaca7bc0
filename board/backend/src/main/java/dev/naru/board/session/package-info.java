@NullMarked
package dev.naru.board.session;

import org.jspecify.annotations.NullMarked;
