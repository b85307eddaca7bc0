package dev.naru.server.cli;

import dev.naru.server.DataDir;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data}, which every command that concerns an installation has. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:NARU_DATA:-" + DataDir.DEFAULT + "}",
      description = "data directory (default: ${DEFAULT-VALUE})")
  private Path root = Path.of(DataDir.DEFAULT);

  DataDir data() {
    return new DataDir(root.toAbsolutePath().normalize());
  }

  /** How {@code naru <command>} is called for this installation. */
  String command(String command) {
    Path at = data().root();
    return "naru " + command + (at.equals(Path.of(DataDir.DEFAULT)) ? "" : " --data " + at);
  }
}
