@NullMarked
package dev.naru.server.auth;

import org.jspecify.annotations.NullMarked;
