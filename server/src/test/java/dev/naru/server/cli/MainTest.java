package dev.naru.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {
  static List<String> commands() {
    List<String> all = new ArrayList<>();
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              all.add(name);
              command.getSubcommands().keySet().forEach(sub -> all.add(name + " " + sub));
            });
    return all;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(String command) {
    StringWriter out = new StringWriter();
    CommandLine naru = Main.commandLine().setOut(new PrintWriter(out, true));
    assertThat(naru.execute((command + " --help").split(" ", -1))).isZero();
    assertThat(out.toString()).startsWith("Usage: naru " + command);
  }
}
