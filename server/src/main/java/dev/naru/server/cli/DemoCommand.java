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
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.OptionalInt;
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

  /** Set when all is shown: ending Naru is then what was announced, and no failure. */
  private volatile OptionalInt shown = OptionalInt.empty();

  @Override
  public Integer call() throws Exception {
    DataDir data = at.data();
    Preflight.check(data.root());
    return Interruption.guard(() -> deliver(data), () -> end(data));
  }

  private int deliver(DataDir data) throws Exception {
    boolean held;
    Clock clock = Clock.systemUTC();
    PrintStream out = System.out;
    try (Steps steps = new Steps(out, TerminalSize.columns(), clock)) {
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
        steps.say("  console     " + web + "  (user admin)");
        steps.say("  password    " + password);
        steps.say("  kubeconfig  " + data.kubeconfig());
        steps.say("");
        Proof proof = demo.deliverUnderLoad();
        steps.say("");
        proof.lines().forEach(line -> steps.say("  " + line));
        held = proof.holds();
      }
      steps.say("");
      steps.say(
          detach
              ? "Naru stays up; stop it with: " + at.command("down")
              : "Naru stays up; Ctrl-C stops it.");
    }
    int code = held ? 0 : 1;
    if (!detach) {
      shown = OptionalInt.of(code);
      new CountDownLatch(1).await();
    }
    return code;
  }

  /** After Ctrl-C. What was pushed and built stays, so the next demo goes on from there. */
  private OptionalInt end(DataDir data) throws IOException {
    // The terminal has echoed ^C.
    System.out.println();
    if (detach && RunningServer.find(data).isPresent()) {
      System.out.println(
          "Interrupted. Naru stays up and goes on with the delivery: "
              + at.command("deliveries")
              + "; stop it with: "
              + at.command("down"));
      return OptionalInt.empty();
    }
    System.out.println(
        shown.isPresent()
            ? "Stopping Naru and its pods; its data stays."
            : "Interrupted. Stopping Naru and its pods; '"
                + at.command("demo")
                + "' goes on from here.");
    int stopped = Main.commandLine().execute("down", "--data", data.root().toString());
    return stopped == 0 ? shown : OptionalInt.of(stopped);
  }
}
