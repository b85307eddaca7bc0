package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.NaruConfig;
import dev.naru.server.Preflight;
import dev.naru.server.RunningServer;
import dev.naru.server.auth.Keys;
import dev.naru.server.demo.Demo;
import dev.naru.server.demo.Proof;
import dev.naru.server.demo.Steps;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.Console;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "Delivers the board, then a new version of it under load, and stays up until Ctrl-C.")
final class DemoCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();

  @Option(names = "--detach", description = "return when done; Naru stays up until 'naru down'")
  private boolean detach;

  @Option(
      names = "--projects",
      hidden = true,
      defaultValue = ".",
      description = "folder of board and board-deploy")
  private Path projects = Path.of(".");

  @Override
  public Integer call() throws Exception {
    DataDir data = at.data();
    Preflight.check(data.root());
    PrintStream out = System.out;
    Clock clock = Clock.systemUTC();
    boolean held;
    try (Steps steps =
        new Steps(
            out,
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent(),
            clock)) {
      RunningServer server = steps.run("start Naru", () -> Daemon.ensure(data));
      NaruConfig config = NaruConfig.read(data.root());
      Preflight.otherPort(config.httpPort(), server.httpPort())
          .ifPresent(sentence -> steps.say("    " + sentence));
      String web = config.url("naru.localhost", server.httpPort());
      String password = new Keys(data.keys(), new SecureRandom()).adminPassword();
      Demo.Target target =
          new Demo.Target(
              projects.toAbsolutePath().normalize(),
              web,
              URI.create("http://127.0.0.1:" + server.httpPort()),
              "admin",
              password);
      try (KubernetesClient client = Client.open(data)) {
        Demo demo = new Demo(client, target, steps, clock);
        demo.deliverFirst();
        steps.say("");
        steps.say("  board       " + config.url("board.localhost", server.httpPort()));
        steps.say("  console     " + web + "   (user admin, password " + password + ")");
        steps.say("  kubeconfig  " + data.kubeconfig());
        steps.say("");
        Proof proof = demo.deliverUnderLoad();
        steps.say("");
        proof.lines().forEach(line -> steps.say("  " + line));
        held = proof.holds();
      }
      steps.say("");
      steps.say(
          detach ? "Naru stays up; stop it with: naru down" : "Naru stays up; Ctrl-C stops it.");
    }
    if (!detach) {
      untilInterrupted(data);
    }
    return held ? 0 : 1;
  }

  /** Ctrl-C comes as SIGINT, which runs the shutdown hooks. */
  private void untilInterrupted(DataDir data) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.out.println();
                  Main.commandLine().execute("down", "--data", data.root().toString());
                },
                "down"));
    new CountDownLatch(1).await();
  }
}
