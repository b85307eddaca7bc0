@NullMarked
package dev.naru.server;

import org.jspecify.annotations.NullMarked;
