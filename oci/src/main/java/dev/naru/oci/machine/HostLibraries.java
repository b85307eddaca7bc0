package dev.naru.oci.machine;

import dev.naru.oci.OciException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shared libraries of this machine that a set of programs needs, found with {@code ldd}, and
 * those that the C library or JNI code opens by name.
 */
final class HostLibraries {
  private static final Pattern LINE = Pattern.compile("\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");

  /** Opened by name: name services, and what native parts of Java libraries commonly need. */
  private static final List<String> BY_NAME =
      List.of(
          "libnss_files.so.2",
          "libnss_dns.so.2",
          "libresolv.so.2",
          "libgcc_s.so.1",
          "libstdc++.so.6",
          "libz.so.1");

  private static final int LDD_SECONDS_MAX = 60;

  private HostLibraries() {}

  /**
   * @return path as the loader looks for it → the real file
   */
  static Map<String, Path> of(Path programs) throws IOException {
    List<String> command = new ArrayList<>(List.of("ldd"));
    try (Stream<Path> files = Files.walk(programs)) {
      files
          .filter(f -> Files.isRegularFile(f) && isElf(f))
          .sorted()
          .forEach(f -> command.add(f.toString()));
    }
    Map<String, Path> libraries = new TreeMap<>();
    TreeSet<Path> folders = new TreeSet<>();
    for (String line : run(command).split("\n")) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches() && !Path.of(matcher.group(1)).startsWith(programs)) {
        Path found = Path.of(matcher.group(1));
        libraries.put(found.toString(), found.toRealPath());
        if (found.getFileName().toString().startsWith("libc.so")) {
          folders.add(found.getParent());
        }
      }
    }
    if (folders.isEmpty()) {
      throw new OciException(
          OciException.HOST_LACKS,
          "Tried to find the C library that Java needs, but ldd names none for " + programs + ".");
    }
    for (Path folder : folders) {
      for (String name : BY_NAME) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          libraries.putIfAbsent(file.toString(), file.toRealPath());
        }
      }
    }
    return libraries;
  }

  private static boolean isElf(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] magic = in.readNBytes(4);
      return magic.length == 4
          && magic[0] == 0x7f
          && magic[1] == 'E'
          && magic[2] == 'L'
          && magic[3] == 'F';
    } catch (IOException e) {
      throw OciException.io("look for programs", file, e);
    }
  }

  /** Runs a program of this machine to its end and gives back what it printed. */
  static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output;
    try (InputStream in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LDD_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new OciException(
            OciException.HOST_LACKS,
            "Tried to run '%s ...' but it failed: %s"
                .formatted(
                    String.join(" ", command.subList(0, Math.min(3, command.size()))), output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.getFirst() + " ran", e);
    } finally {
      process.destroyForcibly();
    }
    return output;
  }
}
