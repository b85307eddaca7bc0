package dev.naru.oci.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@code docker} command of agents: build, tag, push, pull, login, logout, images, inspect,
 * rmi, version and info over the unix socket that {@code DOCKER_HOST} names. Everything else says
 * so and returns 1. Uses nothing but the JDK and this jar, so that it starts fast.
 */
public final class DockerCommand {
  private static final String DEFAULT_HOST = "unix:///var/run/docker.sock";

  private DockerCommand() {}

  /** What a command was called with and writes to; replaced in tests. */
  record World(
      Map<String, String> env,
      Path folder,
      java.io.InputStream in,
      java.io.PrintStream out,
      java.io.PrintStream err) {
    Path socket() throws Failure {
      String host = env.getOrDefault("DOCKER_HOST", DEFAULT_HOST);
      if (!host.startsWith("unix://")) {
        throw new Failure("DOCKER_HOST is '" + host + "', but only unix://<path> is supported.");
      }
      return Path.of(host.substring("unix://".length()));
    }
  }

  /** Ends the command with a sentence for its user. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
      super(message);
    }
  }

  public static void main(String[] args) {
    World world =
        new World(System.getenv(), Path.of("").toAbsolutePath(), System.in, System.out, System.err);
    System.exit(run(List.of(args), world));
  }

  /** The exit code. */
  static int run(List<String> args, World world) {
    try {
      dispatch(new ArrayList<>(args), world);
      return 0;
    } catch (Failure e) {
      world.err().println(e.getMessage());
      return 1;
    } catch (IOException | UncheckedIOException e) {
      world.err().println("docker: " + e.getMessage());
      return 1;
    } finally {
      world.out().flush();
    }
  }

  private static void dispatch(List<String> args, World world) throws Failure, IOException {
    while (!args.isEmpty() && args.getFirst().startsWith("-")) {
      String option = args.removeFirst();
      switch (option) {
        case "-v", "--version" -> {
          world.out().println("Docker version 0.1.0, build naru");
          return;
        }
        case "-D", "--debug", "--tls", "--tlsverify" -> {}
        case "-H", "--host", "-c", "--context", "-l", "--log-level", "--config" ->
            throw new Failure(
                "docker: global option " + option + " is not supported; set DOCKER_HOST.");
        default -> throw new Failure("docker: unknown option " + option);
      }
    }
    if (args.isEmpty()) {
      throw new Failure(usage());
    }
    String command = args.removeFirst();
    if ((command.equals("buildx") || command.equals("image") || command.equals("builder"))
        && !args.isEmpty()) {
      String sub = args.removeFirst();
      command = alias(command, sub);
    }
    switch (command) {
      case "build" -> new DockerBuild(world).run(args);
      case "tag" -> new DockerImages(world).tag(args);
      case "push" -> new DockerImages(world).push(args);
      case "pull" -> new DockerImages(world).pull(args);
      case "images" -> new DockerImages(world).list(args);
      case "inspect" -> new DockerImages(world).inspect(args);
      case "rmi" -> new DockerImages(world).remove(args);
      case "login" -> new DockerLogin(world).login(args);
      case "logout" -> new DockerLogin(world).logout(args);
      case "version" -> new DockerImages(world).version();
      case "info" -> new DockerImages(world).info();
      case "help", "--help" -> world.out().println(usage());
      default ->
          throw new Failure(
              "docker: '%s' is not supported here: Naru builds images, it does not run containers by"
                      .formatted(command)
                  + " docker.");
    }
  }

  private static String alias(String group, String sub) throws Failure {
    return switch (group + " " + sub) {
      case "buildx build", "image build", "builder build" -> "build";
      case "image ls", "image list" -> "images";
      case "image tag" -> "tag";
      case "image push" -> "push";
      case "image pull" -> "pull";
      case "image inspect" -> "inspect";
      case "image rm", "image remove" -> "rmi";
      case "buildx version" -> "version";
      default -> throw new Failure("docker: '" + group + " " + sub + "' is not supported here.");
    };
  }

  private static String usage() {
    return "Usage: docker build|tag|push|pull|login|logout|images|inspect|rmi|version|info ...";
  }
}
