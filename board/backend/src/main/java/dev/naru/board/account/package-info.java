@NullMarked
package dev.naru.board.account;

import org.jspecify.annotations.NullMarked;
