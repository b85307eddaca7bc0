package dev.naru.oci.build;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.oci.DefaultCapabilities;
import dev.naru.oci.OciException;
import dev.naru.oci.fs.LayerView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One RUN: a container of runc on a root, with its own processes, network and memory limit, without
 * privileges beyond Docker's default capabilities. Source of the config's form: OCI runtime spec
 * 1.0.2.
 */
final class RunStep {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private static final int LINE_LENGTH_MAX = 16_384;

  private final Path bundle;
  private final String id;
  private final BuildRequest.Limits limits;

  /**
   * @param bundle an empty folder for the container's files
   * @param id unique on this machine
   */
  RunStep(Path bundle, String id, BuildRequest.Limits limits) {
    this.bundle = bundle;
    this.id = id;
    this.limits = limits;
  }

  /** What to run. */
  record Task(List<String> arguments, List<String> env, String workingDir, Users.User user) {}

  /**
   * Runs to the end.
   *
   * @throws OciException {@code OCI_BUILD_FAILED} when the command fails or takes too long
   */
  void run(Path root, Task task, BuildNetwork.Attachment network, BuildOutput output)
      throws IOException {
    requireProgram(root, task);
    Files.writeString(bundle.resolve("resolv.conf"), resolvConf(network));
    Files.writeString(bundle.resolve("hosts"), "127.0.0.1 localhost\n::1 localhost\n");
    Files.write(bundle.resolve("config.json"), JSON.writeValueAsBytes(config(root, task, network)));
    Process process =
        new ProcessBuilder(
                "runc",
                "--root",
                state(),
                "run",
                "--no-new-keyring",
                "--bundle",
                bundle.toString(),
                id)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    Thread reader = Thread.ofVirtual().name("run-" + id).start(() -> forward(process, output));
    try {
      boolean ended = process.waitFor(limits.stepMax().toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        throw new OciException(
            OciException.BUILD_FAILED,
            "the command did not end within " + limits.stepMax().toMinutes() + " minutes");
      }
      reader.join();
      if (process.exitValue() != 0) {
        throw new OciException(
            OciException.BUILD_FAILED,
            "The command '%s' returned a non-zero code: %d"
                .formatted(String.join(" ", task.arguments), process.exitValue()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(OciException.BUILD_FAILED, "the build was cancelled", e);
    } finally {
      delete(process);
    }
  }

  private String state() {
    return bundle.resolve("state").toString();
  }

  private void delete(Process process) throws IOException {
    Process delete =
        new ProcessBuilder("runc", "--root", state(), "delete", "--force", id)
            .redirectErrorStream(true)
            .start();
    delete.getInputStream().readAllBytes();
    process.destroyForcibly();
  }

  private static void forward(Process process, BuildOutput output) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == '\n' || line.length() >= LINE_LENGTH_MAX) {
          output.line(line.toString());
          line.setLength(0);
        }
        if (c != '\n') {
          line.append((char) c);
        }
      }
      if (!line.isEmpty()) {
        output.line(line.toString());
      }
    } catch (IOException e) {
      output.line("(the output of the command was cut off: " + e.getMessage() + ")");
    }
  }

  /** Tells a missing shell or program in a sentence; runc's own is a riddle. */
  private static void requireProgram(Path root, Task task) throws IOException {
    String program = task.arguments.getFirst();
    LayerView view = LayerView.of(List.of(root));
    List<String> candidates = new ArrayList<>();
    if (program.contains("/")) {
      candidates.add(program.startsWith("/") ? program : task.workingDir + "/" + program);
    } else {
      for (String variable : task.env) {
        if (variable.startsWith("PATH=")) {
          for (String folder : variable.substring(5).split(":")) {
            candidates.add(folder + "/" + program);
          }
        }
      }
    }
    for (String candidate : candidates) {
      if (view.find(view.resolve(candidate, true)).isPresent()) {
        return;
      }
    }
    String hint =
        program.endsWith("/sh")
            ? "this base image has no shell; use the exec form, as in RUN [\"java\", \"-version\"],"
                + " or a base image with a shell"
            : "the image has no program '" + program + "'";
    throw new OciException(OciException.BUILD_FAILED, hint);
  }

  private static String resolvConf(BuildNetwork.Attachment network) {
    StringBuilder text = new StringBuilder();
    network.nameservers().forEach(n -> text.append("nameserver ").append(n).append('\n'));
    return text.toString();
  }

  private ObjectNode config(Path root, Task task, BuildNetwork.Attachment network) {
    ObjectNode config = JSON.createObjectNode().put("ociVersion", "1.0.2").put("hostname", "build");
    config.putObject("root").put("path", root.toString());
    ObjectNode process =
        config.putObject("process").put("terminal", false).put("cwd", task.workingDir);
    ObjectNode user =
        process.putObject("user").put("uid", task.user.uid()).put("gid", task.user.gid());
    ArrayNode groups = user.putArray("additionalGids");
    task.user.groups().forEach(groups::add);
    strings(process.putArray("args"), task.arguments);
    strings(process.putArray("env"), task.env);
    ObjectNode capabilities = process.putObject("capabilities");
    List<String> sets =
        task.user.uid() == 0 ? List.of("bounding", "effective", "permitted") : List.of("bounding");
    for (String set : sets) {
      strings(capabilities.putArray(set), DefaultCapabilities.LIST);
    }
    mounts(config.putArray("mounts"));
    ObjectNode linux = config.putObject("linux").put("cgroupsPath", "/naru-build/" + id);
    linux.putObject("resources").putObject("memory").put("limit", limits.memoryBytesMax());
    ArrayNode namespaces = linux.putArray("namespaces");
    for (String type : List.of("pid", "ipc", "uts", "mount")) {
      namespaces.addObject().put("type", type);
    }
    ObjectNode net = namespaces.addObject().put("type", "network");
    Optional<Path> namespace = network.namespace();
    namespace.ifPresent(path -> net.put("path", path.toString()));
    strings(linux.putArray("maskedPaths"), MASKED);
    strings(linux.putArray("readonlyPaths"), READ_ONLY);
    return config;
  }

  private void mounts(ArrayNode mounts) {
    mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620");
    mount(mounts, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "size=65536k");
    mount(mounts, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    for (String file : List.of("resolv.conf", "hosts")) {
      mount(mounts, "/etc/" + file, "bind", bundle.resolve(file).toString(), "bind", "ro");
    }
  }

  private static void mount(
      ArrayNode mounts, String at, String type, String source, String... options) {
    ObjectNode mount = mounts.addObject();
    mount.put("destination", at).put("type", type).put("source", source);
    strings(mount.putArray("options"), List.of(options));
  }

  private static void strings(ArrayNode array, List<String> values) {
    values.forEach(array::add);
  }
}
