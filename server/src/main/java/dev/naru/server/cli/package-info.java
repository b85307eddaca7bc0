@NullMarked
package dev.naru.server.cli;

import org.jspecify.annotations.NullMarked;
