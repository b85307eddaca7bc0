/** The language server for Jenkinsfiles: the Language Server Protocol around the linter. */
@NullMarked
package dev.naru.server.lsp;

import org.jspecify.annotations.NullMarked;
