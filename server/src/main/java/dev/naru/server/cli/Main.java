package dev.naru.server.cli;

import dev.naru.base.NaruException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * The command line of Naru. Errors are one line on stderr; the code is 0, 1 (failed) or 2 (usage).
 */
@Command(
    name = "naru",
    description = "Takes a commit to live traffic.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      StartCommand.class,
      StatusCommand.class,
      DownCommand.class,
      LintCommand.class,
      LintServiceCommand.class,
      LspCommand.class,
      DeliveriesCommand.class,
      WhereCommand.class,
      ManifestCommand.class,
      PasswordCommand.class,
      ServerCommand.class
    })
public final class Main {
  private Main() {}

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"naru " + (version == null ? "(development)" : version)};
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    System.exit(execute(arguments));
  }

  /** What agents run in every delivery does not wait for the whole command line to be built. */
  static int execute(String... arguments) throws InterruptedException {
    List<String> all = List.of(arguments);
    boolean edits =
        all.size() > 2
            && all.subList(0, 2).equals(List.of("manifest", "set-image"))
            && !all.contains("--help");
    return edits
        ? ManifestCommand.setImage(all.subList(2, all.size()))
        : commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    CommandLine naru = new CommandLine(new Main());
    help(naru);
    return naru.setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println("naru: " + sentence(e));
              if (Boolean.getBoolean("naru.debug")) {
                e.printStackTrace(command.getErr());
              }
              return 1;
            })
        .setParameterExceptionHandler(Main::usage);
  }

  /** Every command explains itself, not only the first. */
  private static void help(CommandLine command) {
    for (CommandLine sub : command.getSubcommands().values()) {
      sub.getCommandSpec().mixinStandardHelpOptions(true);
      help(sub);
    }
  }

  private static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("naru: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println(
          "Try 'naru "
              + (command.getParent() == null ? "" : command.getCommandName() + " ")
              + "--help'.");
    }
    return 2;
  }

  /** What is told of a failure. */
  static String sentence(Exception e) {
    String message = e.getMessage();
    if (e instanceof NaruException && message != null) {
      return message;
    }
    return message == null ? e.toString() : e.getClass().getSimpleName() + ": " + message;
  }
}
