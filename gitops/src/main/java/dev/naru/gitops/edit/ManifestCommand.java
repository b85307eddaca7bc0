package dev.naru.gitops.edit;

import dev.naru.base.CommitId;
import dev.naru.gitops.edit.ManifestEdit.Login;
import dev.naru.gitops.edit.ManifestEdit.Request;
import dev.naru.gitops.edit.ManifestEdit.Result;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code naru manifest set-image}, as it runs in an agent. The login comes from the environment
 * ({@code GIT_USERNAME} with {@code GIT_PASSWORD}, or {@code GIT_TOKEN}) and never from the command
 * line. Prints one line; exit code 0 done or nothing to do, 1 failed, 2 wrong use.
 */
public final class ManifestCommand {
  static final String USAGE =
      """
      usage: naru manifest set-image --repo URL [--branch main] --path overlays/local \
      --source REPOSITORY@COMMIT --image NAME=[NEWNAME]:TAG…
      The login is taken from GIT_USERNAME and GIT_PASSWORD, or GIT_TOKEN.""";

  private ManifestCommand() {}

  /**
   * Runs the command.
   *
   * @param args what follows {@code set-image}
   */
  public static int setImage(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err)
      throws InterruptedException {
    Optional<Request> request = parse(args, environment, err);
    if (request.isEmpty()) {
      return 2;
    }
    String what = request.get().url() + " " + request.get().path();
    try {
      Result result =
          ManifestEdit.apply(request.get(), Clock.systemUTC(), ThreadLocalRandom.current());
      out.println(
          switch (result) {
            case Result.Unchanged unchanged ->
                "manifest unchanged: " + what + " says so already at " + unchanged.head();
            case Result.Committed committed ->
                "manifest commit " + committed.commit() + ": " + what + images(request.get());
          });
      return 0;
    } catch (EditException e) {
      err.println("naru manifest: " + e.getMessage());
      return 1;
    }
  }

  private static String images(Request request) {
    return " " + String.join(", ", request.images().stream().map(ImageChange::text).toList());
  }

  private static Optional<Request> parse(
      List<String> args, Map<String, String> environment, PrintStream err) {
    String url = "";
    String branch = "main";
    String path = "";
    String source = "";
    List<ImageChange> images = new ArrayList<>();
    try {
      for (Iterator<String> i = args.iterator(); i.hasNext(); ) {
        String arg = i.next();
        switch (arg) {
          case "--repo" -> url = value(arg, i);
          case "--branch" -> branch = value(arg, i);
          case "--path" -> path = value(arg, i);
          case "--source" -> source = value(arg, i);
          case "--image" -> images.add(ImageChange.parse(value(arg, i)));
          default -> {
            if (arg.startsWith("-")) {
              throw new IllegalArgumentException("unknown option '" + arg + "'");
            }
            images.add(ImageChange.parse(arg));
          }
        }
      }
      int at = source.lastIndexOf('@');
      if (url.isEmpty() || path.isEmpty() || at <= 0) {
        throw new IllegalArgumentException(
            "--repo, --path and --source REPOSITORY@COMMIT are needed");
      }
      CommitId commit = new CommitId(source.substring(at + 1));
      return Optional.of(
          new Request(
              url, branch, path, images, source.substring(0, at), commit, login(environment)));
    } catch (IllegalArgumentException e) {
      err.println("naru manifest: " + e.getMessage());
      err.println(USAGE);
      return Optional.empty();
    }
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static Login login(Map<String, String> environment) {
    String token = environment.getOrDefault("GIT_TOKEN", "");
    String user = environment.getOrDefault("GIT_USERNAME", "");
    return token.isEmpty()
        ? new Login(user, environment.getOrDefault("GIT_PASSWORD", ""))
        : new Login(user.isEmpty() ? "token" : user, token);
  }
}
