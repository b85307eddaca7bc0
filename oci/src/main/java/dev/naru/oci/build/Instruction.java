package dev.naru.oci.build;

import java.util.List;
import java.util.Map;

/**
 * One instruction of a Dockerfile, before variables are replaced.
 *
 * <p>Source: Docker's "Dockerfile reference".
 */
sealed interface Instruction {
  /** Line of its first word, from 1. */
  int line();

  /** As written, on one line. */
  String text();

  /** The default of an ARG. */
  sealed interface Default {
    record Value(String raw) implements Default {}

    record Unset() implements Default {}
  }

  /** A command: a list of arguments, or one text for the shell. */
  sealed interface Command {
    record Exec(List<String> arguments) implements Command {
      public Exec {
        arguments = List.copyOf(arguments);
      }
    }

    record Shell(String script) implements Command {}
  }

  /** A file written in the Dockerfile itself. */
  record Heredoc(String name, String content, boolean expands) {}

  record Arg(int line, String text, String name, Default value) implements Instruction {}

  record Env(int line, String text, List<Map.Entry<String, String>> variables)
      implements Instruction {}

  record Label(int line, String text, List<Map.Entry<String, String>> labels)
      implements Instruction {}

  /**
   * COPY and ADD.
   *
   * @param from stage or image; empty for the build context
   * @param files contents of heredoc sources
   */
  record Copy(
      int line,
      String text,
      boolean add,
      String from,
      String chown,
      String chmod,
      List<String> sources,
      List<Heredoc> files,
      String target)
      implements Instruction {}

  record Run(int line, String text, Command command, boolean noNetwork) implements Instruction {}

  record Workdir(int line, String text, String path) implements Instruction {}

  record User(int line, String text, String user) implements Instruction {}

  record Expose(int line, String text, List<String> ports) implements Instruction {}

  record Volume(int line, String text, List<String> paths) implements Instruction {}

  record Cmd(int line, String text, Command command) implements Instruction {}

  record Entrypoint(int line, String text, Command command) implements Instruction {}

  record Shell(int line, String text, List<String> arguments) implements Instruction {}

  record StopSignal(int line, String text, String signal) implements Instruction {}

  /**
   * @param json Docker's healthcheck object
   */
  record Healthcheck(int line, String text, String json) implements Instruction {}

  /** MAINTAINER, which only ever set a field that nobody reads. */
  record Maintainer(int line, String text) implements Instruction {}
}
