/**
 * The linter of Jenkinsfiles: what is wrong in a file, and what works but hurts. Pure: text in,
 * findings out; it reads the language's tree and never runs anything.
 */
@NullMarked
package dev.naru.pipeline.lint;

import org.jspecify.annotations.NullMarked;
