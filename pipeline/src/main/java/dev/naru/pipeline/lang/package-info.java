/**
 * The Jenkinsfile language, pure: {@link dev.naru.pipeline.lang.Jenkinsfile#parse} gives a checked
 * file or diagnostics, {@link dev.naru.pipeline.lang.Interpreter} runs it against a {@link
 * dev.naru.pipeline.lang.Host}. Nothing here does I/O, and nothing is ever compiled or run by
 * Groovy, whose parser alone is used.
 */
@NullMarked
package dev.naru.pipeline.lang;

import org.jspecify.annotations.NullMarked;
