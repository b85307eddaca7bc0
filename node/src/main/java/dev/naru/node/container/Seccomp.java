package dev.naru.node.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The default seccomp profile: what is not listed fails with EPERM. Source of the rules: the
 * RuntimeDefault profile of containerd ({@code contrib/seccomp}).
 */
final class Seccomp {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final long AF_VSOCK = 40;

  /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
  private static final long CLONE_NEW_ANY = 0x7E020000L;

  /** Linux, with and without ADDR_NO_RANDOMIZE or UNAME26, and the query. */
  private static final List<Long> PERSONALITIES = List.of(0L, 8L, 0x20000L, 0x20008L, 0xffffffffL);

  private static final Map<String, String> ALLOWED = load();

  private Seccomp() {}

  /** The profile for a container that has {@code capabilities}, as {@code linux.seccomp}. */
  static Map<String, Object> profile(Set<String> capabilities) {
    List<String> names = new ArrayList<>();
    ALLOWED.forEach(
        (name, capability) -> {
          if (capability.isEmpty() || capabilities.contains(capability)) {
            names.add(name);
          }
        });
    List<Map<String, Object>> rules = new ArrayList<>();
    if (capabilities.contains("CAP_SYS_ADMIN")) {
      names.addAll(List.of("clone", "clone3"));
    } else {
      rules.add(rule(List.of("clone"), argument(0, CLONE_NEW_ANY, 0, "SCMP_CMP_MASKED_EQ")));
      // ENOSYS makes C libraries fall back to clone, whose flags can be checked.
      rules.add(Map.of("names", List.of("clone3"), "action", "SCMP_ACT_ERRNO", "errnoRet", ENOSYS));
    }
    rules.add(Map.of("names", names, "action", "SCMP_ACT_ALLOW"));
    for (long personality : PERSONALITIES) {
      rules.add(rule(List.of("personality"), argument(0, personality, 0, "SCMP_CMP_EQ")));
    }
    rules.add(rule(List.of("socket"), argument(0, AF_VSOCK, 0, "SCMP_CMP_NE")));
    return Map.of(
        "defaultAction",
        "SCMP_ACT_ERRNO",
        "defaultErrnoRet",
        EPERM,
        "architectures",
        architectures(System.getProperty("os.arch", "")),
        "syscalls",
        rules);
  }

  private static List<String> architectures(String arch) {
    return switch (arch) {
      case "aarch64" -> List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
      default -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
    };
  }

  private static Map<String, Object> rule(List<String> names, Map<String, Object> argument) {
    return Map.of("names", names, "action", "SCMP_ACT_ALLOW", "args", List.of(argument));
  }

  private static Map<String, Object> argument(int index, long value, long valueTwo, String op) {
    return Map.of("index", index, "value", value, "valueTwo", valueTwo, "op", op);
  }

  private static Map<String, String> load() {
    Map<String, String> found = new LinkedHashMap<>();
    try (InputStream in =
            Objects.requireNonNull(Seccomp.class.getResourceAsStream("seccomp-allowed.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int space = line.indexOf(' ');
          found.put(
              space < 0 ? line : line.substring(0, space),
              space < 0 ? "" : line.substring(space + 1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to read the seccomp profile of this program", e);
    }
    return found;
  }
}
