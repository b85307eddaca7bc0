package dev.naru.oci.docker;

import dev.naru.oci.docker.DockerCommand.Failure;
import dev.naru.oci.docker.DockerCommand.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The commands on images that exist. */
final class DockerImages {
  private final World world;
  private final DockerClient client;

  DockerImages(World world) {
    this.world = world;
    this.client = new DockerClient(world);
  }

  private static List<String> names(List<String> words, int least, String usage) throws Failure {
    List<String> names = words.stream().filter(w -> !w.startsWith("-")).toList();
    if (names.size() < least) {
      throw new Failure("Usage: docker " + usage);
    }
    return names;
  }

  /** Name and tag apart; without a tag that is empty. */
  private static Map.Entry<String, String> split(String name) {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') && name.indexOf('@') < 0
        ? Map.entry(name.substring(0, colon), name.substring(colon + 1))
        : Map.entry(name, "");
  }

  void tag(List<String> words) throws Failure, IOException {
    List<String> names = names(words, 2, "tag SOURCE TARGET");
    Map.Entry<String, String> target = split(names.get(1));
    List<Map.Entry<String, String>> query =
        List.of(Map.entry("repo", target.getKey()), Map.entry("tag", target.getValue()));
    client.call("POST", "/images/" + names.getFirst() + "/tag" + DockerClient.query(query), "");
  }

  void push(List<String> words) throws Failure, IOException {
    boolean quiet = words.contains("-q") || words.contains("--quiet");
    String name = names(words, 1, "push NAME[:TAG]").getFirst();
    Map.Entry<String, String> split = split(name);
    String tag = split.getValue().isEmpty() ? "latest" : split.getValue();
    client.stream(
        "/images/" + split.getKey() + "/push" + DockerClient.query(List.of(Map.entry("tag", tag))),
        Map.of("X-Registry-Auth", new DockerLogin(world).authFor(split.getKey())),
        out -> {},
        line -> show(line, quiet));
    if (quiet) {
      world.out().println(split.getKey() + ":" + tag);
    }
  }

  void pull(List<String> words) throws Failure, IOException {
    String name = names(words, 1, "pull NAME[:TAG]").getFirst();
    Map.Entry<String, String> split = split(name);
    List<Map.Entry<String, String>> query =
        List.of(
            Map.entry("fromImage", split.getKey()),
            Map.entry("tag", split.getValue().isEmpty() ? "latest" : split.getValue()));
    client.stream(
        "/images/create" + DockerClient.query(query),
        Map.of("X-Registry-Auth", new DockerLogin(world).authFor(split.getKey())),
        out -> {},
        line -> show(line, false));
  }

  private void show(Object line, boolean quiet) {
    String status = SmallJson.text(line, "status");
    if (!status.isEmpty() && !quiet) {
      world.out().println(status);
      world.out().flush();
    }
  }

  void list(List<String> words) throws Failure, IOException {
    boolean quiet = words.contains("-q") || words.contains("--quiet");
    if (client.call("GET", "/images/json", "") instanceof List<?> images) {
      if (!quiet) {
        world.out().printf("%-50s %-30s %-14s %s%n", "REPOSITORY", "TAG", "IMAGE ID", "SIZE");
      }
      for (Object image : images) {
        String id = SmallJson.text(image, "Id").replace("sha256:", "").substring(0, 12);
        List<String> names = new ArrayList<>();
        if (SmallJson.object(image).get("RepoTags") instanceof List<?> tags) {
          tags.forEach(t -> names.add(String.valueOf(t)));
        }
        if (quiet) {
          world.out().println(id);
        } else if (names.isEmpty()) {
          names.add("<none>:<none>");
        }
        if (!quiet) {
          for (String name : names) {
            Map.Entry<String, String> split = split(name);
            String size = size(SmallJson.text(image, "Size"));
            world
                .out()
                .printf("%-50s %-30s %-14s %s%n", split.getKey(), split.getValue(), id, size);
          }
        }
      }
    }
  }

  private static String size(String bytes) {
    return bytes.isEmpty() ? "" : "%.1fMB".formatted(Long.parseLong(bytes) / 1e6);
  }

  void inspect(List<String> words) throws Failure, IOException {
    List<String> found = new ArrayList<>();
    for (String name : names(words, 1, "inspect NAME...")) {
      found.add(render(client.call("GET", "/images/" + name + "/json", "")));
    }
    world.out().println("[" + String.join(",", found) + "]");
  }

  private static String render(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> parts = new ArrayList<>();
        map.forEach((k, v) -> parts.add(SmallJson.quote(String.valueOf(k)) + ":" + render(v)));
        yield "{" + String.join(",", parts) + "}";
      }
      case List<?> list -> "[" + String.join(",", list.stream().map(v -> render(v)).toList()) + "]";
      default -> SmallJson.quote(String.valueOf(value));
    };
  }

  void remove(List<String> words) throws Failure, IOException {
    for (String name : names(words, 1, "rmi NAME...")) {
      if (client.call("DELETE", "/images/" + name, "") instanceof List<?> gone) {
        gone.forEach(g -> world.out().println("Untagged: " + SmallJson.text(g, "Untagged")));
      }
    }
  }

  void version() throws Failure, IOException {
    Object version = client.call("GET", "/version", "");
    world.out().println("Client: Naru docker command");
    world.out().println("Server: Naru " + SmallJson.text(version, "Version"));
    world.out().println(" API version: " + SmallJson.text(version, "ApiVersion"));
  }

  void info() throws Failure, IOException {
    Object info = client.call("GET", "/info", "");
    world.out().println("Server Version: Naru " + SmallJson.text(info, "ServerVersion"));
    world.out().println("Images: " + SmallJson.text(info, "Images"));
    world
        .out()
        .println("Containers: none (Naru builds images, it does not run containers by docker)");
  }
}
