package dev.naru.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The config of an image: how its processes start, and which layers it is made of. Source: OCI
 * image spec 1.1, config.md; {@code Healthcheck}, {@code Shell} and {@code OnBuild} are Docker's.
 *
 * <p>Nothing is null: what an image does not say is an empty text, list or map.
 *
 * @param created RFC 3339, or empty
 * @param env {@code NAME=value}, in order
 * @param user {@code name|uid[:group|gid]}; empty means root
 * @param workingDir absolute; empty means {@code /}
 * @param exposedPorts {@code port/protocol}, sorted
 * @param volumes absolute paths, sorted
 * @param stopSignal such as {@code SIGTERM}; empty means that
 * @param shell the shell of Dockerfile {@code RUN}; empty means {@code /bin/sh -c}
 * @param healthcheck Docker's healthcheck object as JSON; empty when there is none
 * @param diffIds digests of the uncompressed layers, lowest first
 */
public record ImageConfig(
    String architecture,
    String os,
    String created,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String user,
    String workingDir,
    List<String> exposedPorts,
    List<String> volumes,
    String stopSignal,
    Map<String, String> labels,
    List<String> shell,
    String healthcheck,
    List<Digest> diffIds,
    List<History> history) {

  /** No config is larger. */
  public static final int SIZE_MAX = 4 << 20;

  private static final String WHAT = "image config";

  /**
   * How one layer came to be.
   *
   * @param emptyLayer the step made no layer
   */
  public record History(String created, String createdBy, boolean emptyLayer) {}

  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    exposedPorts = List.copyOf(new TreeSet<>(exposedPorts));
    volumes = List.copyOf(new TreeSet<>(volumes));
    labels = Map.copyOf(labels);
    shell = List.copyOf(shell);
    diffIds = List.copyOf(diffIds);
    history = List.copyOf(history);
  }

  /** Of {@code FROM scratch}: nothing, for this machine's kind of processor. */
  public static ImageConfig scratch() {
    return new Builder().build();
  }

  /** The variables of {@link #env}, the last of a name winning. */
  public Map<String, String> environment() {
    Map<String, String> map = new LinkedHashMap<>();
    for (String variable : env) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        map.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return map;
  }

  /**
   * @throws OciException {@code OCI_MANIFEST_INVALID}
   */
  public static ImageConfig parse(byte[] bytes) {
    JsonNode node = Json.parse(bytes, WHAT);
    JsonNode run = node.path("config");
    Builder b = new Builder();
    b.architecture = node.path("architecture").asText(b.architecture);
    b.os = node.path("os").asText("linux");
    b.created = node.path("created").asText("");
    b.env = Json.strings(run.path("Env"));
    b.entrypoint = Json.strings(run.path("Entrypoint"));
    b.cmd = Json.strings(run.path("Cmd"));
    b.user = run.path("User").asText("");
    b.workingDir = run.path("WorkingDir").asText("");
    b.exposedPorts = Json.keys(run.path("ExposedPorts"));
    b.volumes = Json.keys(run.path("Volumes"));
    b.stopSignal = run.path("StopSignal").asText("");
    b.labels = Json.stringMap(run.path("Labels"));
    b.shell = Json.strings(run.path("Shell"));
    b.healthcheck = run.path("Healthcheck").isObject() ? run.path("Healthcheck").toString() : "";
    List<Digest> diffIds = new ArrayList<>();
    node.path("rootfs").path("diff_ids").forEach(d -> diffIds.add(Json.digest(d, WHAT)));
    b.diffIds = diffIds;
    List<History> history = new ArrayList<>();
    for (JsonNode h : node.path("history")) {
      history.add(
          new History(
              h.path("created").asText(""),
              h.path("created_by").asText(""),
              h.path("empty_layer").asBoolean(false)));
    }
    b.history = history;
    return b.build();
  }

  /** Equal configs give equal bytes. */
  public byte[] toJson() {
    ObjectNode node = Json.object();
    if (!created.isEmpty()) {
      node.put("created", created);
    }
    node.put("architecture", architecture).put("os", os);
    node.set("config", runJson());
    ObjectNode rootfs = node.putObject("rootfs").put("type", "layers");
    ArrayNode ids = rootfs.putArray("diff_ids");
    diffIds.forEach(d -> ids.add(d.toString()));
    ArrayNode steps = node.putArray("history");
    for (History h : history) {
      ObjectNode step = steps.addObject();
      if (!h.created.isEmpty()) {
        step.put("created", h.created);
      }
      step.put("created_by", h.createdBy);
      if (h.emptyLayer) {
        step.put("empty_layer", true);
      }
    }
    return Json.bytes(node);
  }

  private ObjectNode runJson() {
    ObjectNode run = Json.object();
    put(run, "User", user);
    putSet(run, "ExposedPorts", exposedPorts);
    Json.putStrings(run, "Env", env);
    Json.putStrings(run, "Entrypoint", entrypoint);
    Json.putStrings(run, "Cmd", cmd);
    putSet(run, "Volumes", volumes);
    put(run, "WorkingDir", workingDir);
    if (!labels.isEmpty()) {
      new TreeMap<>(labels).forEach(run.putObject("Labels")::put);
    }
    put(run, "StopSignal", stopSignal);
    Json.putStrings(run, "Shell", shell);
    if (!healthcheck.isEmpty()) {
      run.set(
          "Healthcheck",
          Json.parse(healthcheck.getBytes(java.nio.charset.StandardCharsets.UTF_8), "healthcheck"));
    }
    return run;
  }

  private static void put(ObjectNode node, String key, String value) {
    if (!value.isEmpty()) {
      node.put(key, value);
    }
  }

  private static void putSet(ObjectNode node, String key, List<String> values) {
    if (!values.isEmpty()) {
      ObjectNode set = node.putObject(key);
      values.forEach(set::putObject);
    }
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.architecture = architecture;
    b.os = os;
    b.created = created;
    b.env = env;
    b.entrypoint = entrypoint;
    b.cmd = cmd;
    b.user = user;
    b.workingDir = workingDir;
    b.exposedPorts = exposedPorts;
    b.volumes = volumes;
    b.stopSignal = stopSignal;
    b.labels = labels;
    b.shell = shell;
    b.healthcheck = healthcheck;
    b.diffIds = diffIds;
    b.history = history;
    return b;
  }

  /** Collects the parts of a config; used by one thread, then thrown away. */
  public static final class Builder {
    private String architecture =
        System.getProperty("os.arch", "amd64").equals("aarch64") ? "arm64" : "amd64";
    private String os = "linux";
    private String created = "";
    private List<String> env = List.of();
    private List<String> entrypoint = List.of();
    private List<String> cmd = List.of();
    private String user = "";
    private String workingDir = "";
    private List<String> exposedPorts = List.of();
    private List<String> volumes = List.of();
    private String stopSignal = "";
    private Map<String, String> labels = Map.of();
    private List<String> shell = List.of();
    private String healthcheck = "";
    private List<Digest> diffIds = List.of();
    private List<History> history = List.of();

    public Builder created(String rfc3339) {
      this.created = rfc3339;
      return this;
    }

    public Builder env(List<String> variables) {
      this.env = variables;
      return this;
    }

    /** Sets {@code name}, in its old place when it was set before. */
    public Builder putEnv(String name, String value) {
      List<String> changed = new ArrayList<>(env);
      String variable = name + "=" + value;
      for (int i = 0; i < changed.size(); i++) {
        if (changed.get(i).startsWith(name + "=")) {
          changed.set(i, variable);
          this.env = changed;
          return this;
        }
      }
      changed.add(variable);
      this.env = changed;
      return this;
    }

    public Builder entrypoint(List<String> arguments) {
      this.entrypoint = arguments;
      return this;
    }

    public Builder cmd(List<String> arguments) {
      this.cmd = arguments;
      return this;
    }

    public Builder user(String userAndGroup) {
      this.user = userAndGroup;
      return this;
    }

    public Builder workingDir(String absolute) {
      this.workingDir = absolute;
      return this;
    }

    public Builder expose(String portAndProtocol) {
      this.exposedPorts = plus(exposedPorts, portAndProtocol);
      return this;
    }

    public Builder volume(String absolute) {
      this.volumes = plus(volumes, absolute);
      return this;
    }

    public Builder stopSignal(String signal) {
      this.stopSignal = signal;
      return this;
    }

    public Builder label(String key, String value) {
      Map<String, String> changed = new TreeMap<>(labels);
      changed.put(key, value);
      this.labels = changed;
      return this;
    }

    public Builder shell(List<String> arguments) {
      this.shell = arguments;
      return this;
    }

    public Builder healthcheck(String json) {
      this.healthcheck = json;
      return this;
    }

    public Builder addLayer(Digest diffId, String createdBy) {
      this.diffIds = plus(diffIds, diffId);
      this.history = plus(history, new History(created, createdBy, false));
      return this;
    }

    public Builder addEmptyLayer(String createdBy) {
      this.history = plus(history, new History(created, createdBy, true));
      return this;
    }

    private static <T> List<T> plus(List<T> list, T element) {
      List<T> longer = new ArrayList<>(list);
      longer.add(element);
      return longer;
    }

    public ImageConfig build() {
      return new ImageConfig(
          architecture,
          os,
          created,
          env,
          entrypoint,
          cmd,
          user,
          workingDir,
          exposedPorts,
          volumes,
          stopSignal,
          labels,
          shell,
          healthcheck,
          diffIds,
          history);
    }
  }
}
