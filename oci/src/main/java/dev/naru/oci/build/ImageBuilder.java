package dev.naru.oci.build;

import dev.naru.base.Digest;
import dev.naru.base.FileTrees;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.Manifest;
import dev.naru.oci.OciException;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.build.Dockerfile.Stage;
import dev.naru.oci.build.Instruction.Default;
import dev.naru.oci.context.DockerIgnore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;

/**
 * Builds images from Dockerfiles without a daemon: COPY is a tar and a digest, RUN a container of
 * runc over the layers so far. The same context, Dockerfile, arguments and base give the same
 * digest: files are sorted and have one fixed time ({@code SOURCE_DATE_EPOCH} as a build argument,
 * otherwise 2026-01-01). Each step's layer is remembered by what went into it; a step that is
 * remembered costs neither work nor unpacking. Safe for use by many threads.
 */
public final class ImageBuilder {
  private static final long TIME_SECONDS = 1_767_225_600L;
  private static final int DOCKERFILE_SIZE_MAX = 1 << 20;

  /** Repository that keeps what was built and not pushed; not reachable through the registry. */
  private static final Repository BUILT = new Repository("build", "local");

  private static final Set<String> PREDEFINED =
      Set.of(
          "HTTP_PROXY",
          "http_proxy",
          "HTTPS_PROXY",
          "https_proxy",
          "FTP_PROXY",
          "ftp_proxy",
          "NO_PROXY",
          "no_proxy",
          "ALL_PROXY",
          "all_proxy",
          "SOURCE_DATE_EPOCH");

  private final Images images;
  private final BuildCache cache;
  private final BuildNetwork network;
  private final BuildRequest.Limits limits;
  private final Semaphore turns;

  private ImageBuilder(
      Images images,
      BuildCache cache,
      BuildNetwork network,
      BuildRequest.Limits limits,
      int buildsMax) {
    this.images = images;
    this.cache = cache;
    this.network = network;
    this.limits = limits;
    this.turns = new Semaphore(buildsMax);
  }

  /**
   * @param cacheFolder where it is remembered which layer a step made
   * @param buildsMax how many builds run at a time; others wait
   */
  public static ImageBuilder open(
      Images images,
      Path cacheFolder,
      BuildNetwork network,
      BuildRequest.Limits limits,
      int buildsMax) {
    BuildCache cache = BuildCache.open(cacheFolder, images.blobs());
    return new ImageBuilder(images, cache, network, limits, buildsMax);
  }

  /**
   * Builds and stores the image; it has no name afterwards.
   *
   * @throws OciException {@code OCI_DOCKERFILE_INVALID}, {@code OCI_BUILD_FAILED} and others with
   *     {@code <file>:<line>:} before what went wrong
   */
  public Stored build(BuildRequest request, BuildOutput output) {
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(OciException.BUILD_FAILED, "The build was cancelled.", e);
    }
    Path scratch = images.layers().scratch("build");
    try {
      return new Run(request, output, scratch).build();
    } finally {
      turns.release();
      delete(scratch);
    }
  }

  private static void delete(Path scratch) {
    try {
      FileTrees.delete(scratch);
    } catch (IOException e) {
      throw OciException.io("remove a build's work folder", scratch, e);
    }
  }

  /** One build. */
  private final class Run {
    private final BuildRequest request;
    private final BuildOutput output;
    private final Path scratch;
    private final Dockerfile dockerfile;
    private final DockerIgnore ignore;
    private final long timeSeconds;
    private final Map<Integer, StageState> done = new HashMap<>();
    private final Set<String> usedArgs = new TreeSet<>(PREDEFINED);
    private int step;
    private int steps;

    Run(BuildRequest request, BuildOutput output, Path scratch) {
      this.request = request;
      this.output = output;
      this.scratch = scratch;
      this.dockerfile = Dockerfile.parse(request.dockerfile(), read(request.dockerfile()));
      this.ignore = readIgnore();
      this.timeSeconds = time();
    }

    private String read(String name) {
      Path file = request.context().resolve(name).normalize();
      if (!file.startsWith(request.context()) || !Files.isRegularFile(file)) {
        throw new OciException(
            OciException.DOCKERFILE_INVALID,
            "There is no Dockerfile '" + name + "' in the context.");
      }
      try {
        if (Files.size(file) > DOCKERFILE_SIZE_MAX) {
          throw new OciException(
              OciException.DOCKERFILE_INVALID,
              name + ":1: the file is over " + DOCKERFILE_SIZE_MAX + " bytes.");
        }
        return Files.readString(file);
      } catch (IOException e) {
        throw OciException.io("read " + name, file, e);
      }
    }

    private DockerIgnore readIgnore() {
      Path own = request.context().resolve(request.dockerfile() + ".dockerignore");
      Path file = Files.isRegularFile(own) ? own : request.context().resolve(".dockerignore");
      if (!Files.isRegularFile(file)) {
        return DockerIgnore.parse("");
      }
      try {
        return DockerIgnore.parse(Files.readString(file));
      } catch (IllegalArgumentException e) {
        throw new OciException(OciException.DOCKERFILE_INVALID, String.valueOf(e.getMessage()), e);
      } catch (IOException e) {
        throw OciException.io("read .dockerignore", file, e);
      }
    }

    private long time() {
      String epoch = request.buildArgs().get("SOURCE_DATE_EPOCH");
      return epoch != null && epoch.matches("\\d{1,11}") ? Long.parseLong(epoch) : TIME_SECONDS;
    }

    Stored build() {
      int target = target();
      Set<Integer> needed = new TreeSet<>();
      need(target, needed);
      for (int i : needed) {
        steps += 1 + dockerfile.stages().get(i).instructions().size();
      }
      for (int i : needed) {
        done.put(i, stage(dockerfile.stages().get(i)));
      }
      request.buildArgs().keySet().stream()
          .filter(name -> !usedArgs.contains(name))
          .sorted()
          .forEach(n -> output.line("[Warning] build argument '" + n + "' is not used"));
      StageState result = state(target);
      new TreeMap<>(request.labels()).forEach(result.builder()::label);
      result.builder().created(Instant.ofEpochSecond(timeSeconds).toString());
      Stored stored = images.put(BUILT, "", result.config(), result.layers());
      return stored;
    }

    private StageState state(int stage) {
      return java.util.Objects.requireNonNull(done.get(stage));
    }

    private int target() {
      List<Stage> stages = dockerfile.stages();
      if (request.target().isEmpty()) {
        return stages.size() - 1;
      }
      return stageNamed(request.target(), stages.size())
          .orElseThrow(
              () ->
                  new OciException(
                      OciException.BUILD_FAILED,
                      request.dockerfile() + " has no stage '" + request.target() + "'."));
    }

    /** The stage of that name or number among the first {@code before}. */
    private Optional<Integer> stageNamed(String name, int before) {
      for (int i = 0; i < before; i++) {
        if (dockerfile.stages().get(i).name().equalsIgnoreCase(name)) {
          return Optional.of(i);
        }
      }
      return name.matches("\\d{1,4}") && Integer.parseInt(name) < before
          ? Optional.of(Integer.parseInt(name))
          : Optional.empty();
    }

    private void need(int stage, Set<Integer> into) {
      if (!into.add(stage)) {
        return;
      }
      Stage needed = dockerfile.stages().get(stage);
      stageNamed(base(needed), stage).ifPresent(i -> need(i, into));
      for (Instruction instruction : needed.instructions()) {
        if (instruction instanceof Instruction.Copy copy && !copy.from().isEmpty()) {
          stageNamed(copy.from(), stage).ifPresent(i -> need(i, into));
        }
      }
    }

    private Map<String, String> globals() {
      Map<String, String> values = platform();
      for (Instruction.Arg arg : dockerfile.globalArgs()) {
        usedArgs.add(arg.name());
        String given = request.buildArgs().get(arg.name());
        if (given != null) {
          values.put(arg.name(), given);
        } else if (arg.value() instanceof Default.Value(String raw)) {
          values.put(arg.name(), expand(arg.line(), raw, values));
        }
      }
      return values;
    }

    private Map<String, String> platform() {
      String architecture = ImageConfig.scratch().architecture();
      Map<String, String> values = new LinkedHashMap<>();
      for (String side : List.of("TARGET", "BUILD")) {
        values.put(side + "PLATFORM", "linux/" + architecture);
        values.put(side + "OS", "linux");
        values.put(side + "ARCH", architecture);
      }
      return values;
    }

    private String base(Stage stage) {
      String base = expand(stage.line(), stage.base(), globals());
      if (base.isEmpty()) {
        throw fail(stage.line(), "FROM '" + stage.base() + "' names no image: set its ARG.", null);
      }
      return base;
    }

    private StageState stage(Stage stage) {
      announce(stage.text());
      StageState state;
      try {
        state = from(stage);
      } catch (OciException e) {
        throw fail(stage.line(), e.getMessage(), e);
      }
      output.line(" ---> " + state.key().shortHex());
      Steps executor =
          new Steps(request, ignore, timeSeconds, scratch, images, cache, network, limits, output);
      for (Instruction instruction : stage.instructions()) {
        announce(instruction.text());
        try {
          apply(executor, state, instruction);
        } catch (OciException e) {
          throw fail(instruction.line(), e.getMessage(), e);
        } catch (IllegalArgumentException e) {
          throw fail(instruction.line(), e.getMessage(), e);
        }
        output.line(" ---> " + state.key().shortHex());
      }
      return state;
    }

    private void apply(Steps executor, StageState state, Instruction instruction) {
      switch (instruction) {
        case Instruction.Arg arg -> arg(state, arg);
        case Instruction.Copy copy -> executor.copy(state, copy, dockerfile.escape(), this::source);
        default -> executor.apply(state, instruction, dockerfile.escape());
      }
    }

    private void arg(StageState state, Instruction.Arg arg) {
      usedArgs.add(arg.name());
      String given = request.buildArgs().get(arg.name());
      String global = globals().get(arg.name());
      if (given != null) {
        state.setArg(arg.name(), given);
      } else if (arg.value() instanceof Default.Value(String raw)) {
        state.setArg(arg.name(), expand(arg.line(), raw, state.variables()));
      } else if (global != null) {
        state.setArg(arg.name(), global);
      }
      state.builder().addEmptyLayer(arg.text());
    }

    private StageState from(Stage stage) {
      String base = base(stage);
      int index = dockerfile.stages().indexOf(stage);
      Optional<Integer> earlier = stageNamed(base, index);
      if (earlier.isPresent() && !base.matches("\\d+")) {
        StageState s = state(earlier.get());
        return new StageState(images.layers(), s.config(), s.layers(), s.key());
      }
      if (base.equals("scratch")) {
        return withTime(
            new StageState(
                images.layers(), ImageConfig.scratch(), List.of(), Digest.of("scratch")));
      }
      Stored stored = image(base);
      Manifest manifest = Manifest.parse(stored.bytes());
      Digest key = Digest.of("from " + stored.digest() + " " + timeSeconds);
      return withTime(
          new StageState(images.layers(), images.config(manifest), manifest.layers(), key));
    }

    private StageState withTime(StageState state) {
      state.builder().created(Instant.ofEpochSecond(timeSeconds).toString());
      return state;
    }

    private Stored image(String name) {
      ImageRef ref = ImageRef.parse(name);
      if (ref.name().equals(Images.MACHINE_HOST + "/host")) {
        throw new OciException(
            OciException.UNSUPPORTED,
            "'" + name + "' is this machine's own root and has no layers to build on.");
      }
      PullPolicy policy = request.pull() ? PullPolicy.ALWAYS : PullPolicy.IF_NOT_PRESENT;
      return request.local().apply(ref).orElseGet(() -> images.find(ref, policy, Optional.empty()));
    }

    /** The finished stage, or the image, that COPY --from names. */
    private StageState source(String from) {
      Optional<Integer> stage = stageNamed(from, dockerfile.stages().size());
      if (stage.isPresent() && done.containsKey(stage.get())) {
        return state(stage.get());
      }
      Manifest manifest = Manifest.parse(image(from).bytes());
      return new StageState(
          images.layers(), images.config(manifest), manifest.layers(), Digest.of(from));
    }

    private String expand(int line, String raw, Map<String, String> variables) {
      try {
        return Words.expand(raw, dockerfile.escape(), variables);
      } catch (IllegalArgumentException e) {
        throw fail(line, e.getMessage(), e);
      }
    }

    private OciException fail(
        int line,
        @org.jspecify.annotations.Nullable String what,
        @org.jspecify.annotations.Nullable RuntimeException cause) {
      String code =
          cause instanceof OciException oci ? oci.code() : OciException.DOCKERFILE_INVALID;
      String prefix = request.dockerfile() + ":" + line + ": ";
      String text = String.valueOf(what);
      return new OciException(code, text.startsWith(prefix) ? text : prefix + text, cause);
    }

    private void announce(String text) {
      step++;
      output.line("Step " + step + "/" + steps + " : " + text);
    }
  }
}
