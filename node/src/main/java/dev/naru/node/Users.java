package dev.naru.node;

import dev.naru.node.container.ContainerSpec.User;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who a container's program runs as: the container's security context, else the pod's, else the
 * image's user, looked up in the image's own {@code /etc/passwd} and {@code /etc/group}.
 */
final class Users {
  private static final int FILE_MAX_BYTES = 1 << 20;

  private final Path rootfs;

  private Users(Path rootfs) {
    this.rootfs = rootfs;
  }

  /**
   * @param imageUser as in the image's configuration
   * @throws PodProblem when a name is unknown, or {@code runAsNonRoot} is not met
   */
  static User of(Pod pod, Container container, String imageUser, Path rootfs) {
    return new Users(rootfs).resolve(pod, container, imageUser);
  }

  private User resolve(Pod pod, Container container, String imageUser) {
    Optional<PodSecurityContext> ofPod = Optional.ofNullable(pod.getSpec().getSecurityContext());
    Optional<SecurityContext> own = Optional.ofNullable(container.getSecurityContext());
    Optional<Long> wantedUser =
        own.map(SecurityContext::getRunAsUser)
            .or(() -> ofPod.map(PodSecurityContext::getRunAsUser));
    Optional<Long> wantedGroup =
        own.map(SecurityContext::getRunAsGroup)
            .or(() -> ofPod.map(PodSecurityContext::getRunAsGroup));
    String[] image = imageUser.split(":", 2);
    String name = wantedUser.map(String::valueOf).orElse(image[0].isEmpty() ? "0" : image[0]);
    Optional<List<String>> entry = find("etc/passwd", name, 2);
    long uid =
        entry
            .map(fields -> Long.parseLong(fields.get(2)))
            .or(() -> number(name))
            .orElseThrow(
                () ->
                    new PodProblem(
                        PodProblem.CONFIG, "the image has no user named '" + name + "'"));
    long gid =
        wantedGroup
            .or(
                () ->
                    wantedUser.isEmpty() && image.length == 2 ? group(image[1]) : Optional.empty())
            .or(() -> entry.flatMap(fields -> number(fields.get(3))))
            .orElse(0L);
    boolean nonRoot =
        own.map(SecurityContext::getRunAsNonRoot)
            .or(() -> ofPod.map(PodSecurityContext::getRunAsNonRoot))
            .orElse(false);
    if (nonRoot && uid == 0) {
      throw new PodProblem(
          PodProblem.CONFIG, "container has runAsNonRoot and image will run as root");
    }
    Set<Long> groups = new LinkedHashSet<>();
    groups.add(gid);
    entry.ifPresent(fields -> groups.addAll(memberships(fields.getFirst())));
    ofPod.map(PodSecurityContext::getSupplementalGroups).ifPresent(groups::addAll);
    ofPod.map(PodSecurityContext::getFsGroup).ifPresent(groups::add);
    return new User(uid, gid, List.copyOf(groups));
  }

  private Optional<Long> group(String name) {
    return find("etc/group", name, 2)
        .map(fields -> Long.parseLong(fields.get(2)))
        .or(() -> number(name))
        .or(
            () -> {
              throw new PodProblem(
                  PodProblem.CONFIG, "the image has no group named '" + name + "'");
            });
  }

  private List<Long> memberships(String user) {
    List<Long> groups = new ArrayList<>();
    for (List<String> fields : lines("etc/group")) {
      if (fields.size() >= 4 && Arrays.asList(fields.get(3).split(",")).contains(user)) {
        number(fields.get(2)).ifPresent(groups::add);
      }
    }
    return groups;
  }

  /** The line whose name, or whose number in {@code numberField}, is {@code key}. */
  private Optional<List<String>> find(String file, String key, int numberField) {
    return lines(file).stream()
        .filter(fields -> fields.size() > numberField)
        .filter(fields -> number(fields.get(numberField)).isPresent())
        .filter(fields -> fields.getFirst().equals(key) || fields.get(numberField).equals(key))
        .findFirst();
  }

  private List<List<String>> lines(String file) {
    Path path = rootfs.resolve(file);
    try {
      // An image may hold a link that leads out of it: then it has no such file.
      if (!Files.isRegularFile(path)
          || !path.toRealPath().startsWith(rootfs.toRealPath())
          || Files.size(path) > FILE_MAX_BYTES) {
        return List.of();
      }
      return Files.readAllLines(path, StandardCharsets.ISO_8859_1).stream()
          .map(line -> Arrays.asList(line.split(":", -1)))
          .toList();
    } catch (IOException e) {
      throw new PodProblem(
          PodProblem.CONFIG, "Tried to read /" + file + " of the image but failed: " + e, e);
    }
  }

  private static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,10}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }
}
