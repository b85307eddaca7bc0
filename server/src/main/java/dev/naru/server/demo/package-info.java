@NullMarked
package dev.naru.server.demo;

import org.jspecify.annotations.NullMarked;
