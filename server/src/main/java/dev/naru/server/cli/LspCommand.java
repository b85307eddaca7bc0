package dev.naru.server.cli;

import dev.naru.server.lsp.LanguageServerProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "lsp",
    description =
        "Serves editors: diagnostics, hover and completion for Jenkinsfiles, by the Language Server"
            + " Protocol on standard input and output.")
final class LspCommand implements Callable<Integer> {
  @Override
  public Integer call() throws InterruptedException {
    return LanguageServerProcess.serve(System.in, System.out);
  }
}
