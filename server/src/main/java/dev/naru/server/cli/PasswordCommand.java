package dev.naru.server.cli;

import dev.naru.server.auth.Keys;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "password", description = "Prints the password of the console's user admin.")
final class PasswordCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Keys keys = new Keys(at.data().keys(), new SecureRandom());
    spec.commandLine().getOut().println(keys.adminPassword());
    return 0;
  }
}
