package dev.naru.server.cli;

import dev.naru.server.NaruServer;
import dev.naru.server.Preflight;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "server",
    description = "Runs Naru in the foreground until SIGTERM; pods outlive it.")
final class ServerCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();

  @Override
  public Integer call() throws Exception {
    Preflight.check(at.data().root());
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    NaruServer server = NaruServer.start(at.data(), Path.of(System.getProperty("naru.home", "")));
    try {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    asked.countDown();
                    try {
                      done.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  },
                  "stop"));
      asked.await();
    } finally {
      server.close();
      done.countDown();
    }
    return 0;
  }
}
