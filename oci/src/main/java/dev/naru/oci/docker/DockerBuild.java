package dev.naru.oci.docker;

import dev.naru.oci.context.ContextTar;
import dev.naru.oci.context.DockerIgnore;
import dev.naru.oci.docker.DockerCommand.Failure;
import dev.naru.oci.docker.DockerCommand.World;
import dev.naru.oci.tar.TarEntry;
import dev.naru.oci.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code docker build}. */
final class DockerBuild {
  private static final String OUTSIDE = ".dockerfile.naru";

  /** Options that mean nothing here and do no harm. */
  private static final Set<String> IGNORED =
      Set.of(
          "--progress",
          "--network",
          "--platform",
          "--cache-from",
          "--cache-to",
          "--provenance",
          "--sbom",
          "--builder",
          "--memory",
          "-m",
          "--shm-size",
          "--ulimit",
          "--isolation");

  private static final Set<String> IGNORED_FLAGS =
      Set.of("--rm", "--force-rm", "--load", "--compress", "--squash");

  private final World world;
  private final List<String> tags = new ArrayList<>();
  private final Map<String, String> args = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final List<Map.Entry<String, String>> query = new ArrayList<>();
  private String file = "";
  private String context = "";
  private String idFile = "";
  private boolean quiet;
  private boolean push;

  DockerBuild(World world) {
    this.world = world;
  }

  void run(List<String> words) throws Failure, IOException {
    options(new ArrayList<>(words));
    if (context.isEmpty()) {
      throw new Failure("\"docker build\" requires a folder as its context, such as '.'.");
    }
    if (context.matches("(https?|git|ssh)://.*|git@.*")) {
      throw new Failure("docker build: contexts from a URL are not supported; check it out first.");
    }
    tags.forEach(t -> query.add(Map.entry("t", t)));
    query.add(Map.entry("buildargs", SmallJson.write(args)));
    query.add(Map.entry("labels", SmallJson.write(labels)));
    UnixHttp.Body body = context.equals("-") ? out -> world.in().transferTo(out) : folder();
    String[] id = {""};
    new DockerClient(world)
        .stream(
            "/build" + DockerClient.query(query),
            Map.of("Content-Type", "application/x-tar"),
            body,
            line -> show(line, id));
    if (quiet) {
      world.out().println(id[0]);
    }
    if (!idFile.isEmpty()) {
      Files.writeString(world.folder().resolve(idFile), id[0]);
    }
    if (push) {
      for (String tag : tags) {
        new DockerImages(world).push(List.of(tag));
      }
    }
  }

  private void show(Object line, String[] id) {
    String text = SmallJson.text(line, "stream");
    if (!quiet) {
      world.out().print(text);
      world.out().flush();
    }
    String found = SmallJson.text(SmallJson.object(line).getOrDefault("aux", ""), "ID");
    if (!found.isEmpty()) {
      id[0] = found;
    }
  }

  private void options(List<String> words) throws Failure {
    while (!words.isEmpty()) {
      String word = words.removeFirst();
      if (!word.startsWith("-") || word.equals("-")) {
        if (!context.isEmpty()) {
          throw new Failure("\"docker build\" takes one context, not '" + word + "' too.");
        }
        context = word;
        continue;
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      if (equals < 0 && word.length() > 2 && !word.startsWith("--")) {
        name = word.substring(0, 2);
        words.addFirst(word.substring(2));
      } else if (equals >= 0) {
        words.addFirst(word.substring(equals + 1));
      }
      boolean hasValue = equals >= 0;
      switch (name) {
        case "-t", "--tag" -> tags.add(value(name, words));
        case "-f", "--file" -> file = value(name, words);
        case "--build-arg" -> pair(value(name, words), args, true);
        case "--label" -> pair(value(name, words), labels, false);
        case "--target" -> query.add(Map.entry("target", value(name, words)));
        case "--iidfile" -> idFile = value(name, words);
        case "--no-cache" -> flag("nocache", hasValue, words);
        case "--pull" -> flag("pull", hasValue, words);
        case "-q", "--quiet" -> quiet = true;
        case "--push" -> push = true;
        default -> {
          if (IGNORED.contains(name)) {
            value(name, words);
          } else if (!IGNORED_FLAGS.contains(name)) {
            throw new Failure("docker build: option " + name + " is not supported here.");
          } else if (hasValue) {
            words.removeFirst();
          }
        }
      }
    }
  }

  private void flag(String parameter, boolean hasValue, List<String> words) {
    if (!hasValue || words.removeFirst().equals("true")) {
      query.add(Map.entry(parameter, "1"));
    }
  }

  private static String value(String option, List<String> words) throws Failure {
    if (words.isEmpty()) {
      throw new Failure("docker build: option " + option + " needs a value.");
    }
    return words.removeFirst();
  }

  private void pair(String text, Map<String, String> into, boolean fromEnv) {
    int equals = text.indexOf('=');
    if (equals >= 0) {
      into.put(text.substring(0, equals), text.substring(equals + 1));
    } else if (!fromEnv) {
      into.put(text, "");
    } else if (world.env().containsKey(text)) {
      into.put(text, world.env().getOrDefault(text, ""));
    }
  }

  private UnixHttp.Body folder() throws Failure, IOException {
    Path root = world.folder().resolve(context).normalize();
    if (!Files.isDirectory(root)) {
      throw new Failure("unable to prepare context: path \"" + context + "\" not found");
    }
    byte[] outside = null;
    String name = "Dockerfile";
    if (file.equals("-")) {
      outside = world.in().readAllBytes();
    } else if (!file.isEmpty()) {
      Path path = world.folder().resolve(file).normalize();
      if (!Files.isRegularFile(path)) {
        throw new Failure("unable to prepare context: no Dockerfile at \"" + file + "\"");
      }
      if (path.startsWith(root)) {
        name = root.relativize(path).toString();
      } else {
        outside = Files.readAllBytes(path);
      }
    } else if (!Files.isRegularFile(root.resolve(name))) {
      throw new Failure(
          "unable to prepare context: there is no Dockerfile in \"" + context + "\" (use -f)");
    }
    byte[] dockerfile = outside;
    String sent = dockerfile == null ? name : OUTSIDE;
    query.add(Map.entry("dockerfile", sent));
    DockerIgnore ignore = ignore(root, sent);
    Set<String> always = Set.of(sent, ".dockerignore", sent + ".dockerignore");
    return out -> send(root, ignore, always, dockerfile, out);
  }

  private static void send(
      Path root,
      DockerIgnore ignore,
      Set<String> always,
      byte @org.jspecify.annotations.Nullable [] dockerfile,
      OutputStream target)
      throws IOException {
    BufferedOutputStream out = new BufferedOutputStream(target, 1 << 16);
    try (TarWriter tar = new TarWriter(out)) {
      new ContextTar(root, ignore, always).writeTo(out, tar);
      if (dockerfile != null) {
        tar.add(
            TarEntry.file(OUTSIDE, 0644, 0, 0, dockerfile.length, 0),
            new ByteArrayInputStream(dockerfile));
      }
    }
  }

  private static DockerIgnore ignore(Path root, String dockerfile) throws Failure, IOException {
    Path own = root.resolve(dockerfile + ".dockerignore");
    Path path = Files.isRegularFile(own) ? own : root.resolve(".dockerignore");
    if (!Files.isRegularFile(path)) {
      return DockerIgnore.NOTHING;
    }
    try {
      return DockerIgnore.parse(Files.readString(path, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }
}
