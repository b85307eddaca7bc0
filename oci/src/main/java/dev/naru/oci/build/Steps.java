package dev.naru.oci.build;

import dev.naru.base.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Images;
import dev.naru.oci.LayerTar;
import dev.naru.oci.OciException;
import dev.naru.oci.build.BuildCache.Result;
import dev.naru.oci.build.Instruction.Command;
import dev.naru.oci.context.DockerIgnore;
import dev.naru.oci.fs.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Carries out the instructions of a stage. */
final class Steps {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final BuildRequest request;
  private final DockerIgnore ignore;
  private final long timeSeconds;
  private final Path scratch;
  private final Images images;
  private final BuildCache cache;
  private final BuildNetwork network;
  private final BuildRequest.Limits limits;
  private final BuildOutput output;

  Steps(
      BuildRequest request,
      DockerIgnore ignore,
      long timeSeconds,
      Path scratch,
      Images images,
      BuildCache cache,
      BuildNetwork network,
      BuildRequest.Limits limits,
      BuildOutput output) {
    this.request = request;
    this.ignore = ignore;
    this.timeSeconds = timeSeconds;
    this.scratch = scratch;
    this.images = images;
    this.cache = cache;
    this.network = network;
    this.limits = limits;
    this.output = output;
  }

  @FunctionalInterface
  private interface Work {
    Result run() throws IOException;
  }

  /** Does {@code work} unless its layer is known, and adds the layer to the stage. */
  private void layer(StageState state, String step, String createdBy, Work work) {
    Digest key = state.next(step + "\n" + timeSeconds);
    Optional<Result> known = request.noCache() ? Optional.empty() : cache.get(key);
    Result result;
    if (known.isPresent()) {
      output.line(" ---> Using cache");
      result = known.get();
    } else {
      result = carryOut(createdBy, work);
      cache.put(key, result);
    }
    switch (result) {
      case Result.Layer(var descriptor) -> state.addLayer(descriptor, createdBy);
      case Result.Nothing() -> state.builder().addEmptyLayer(createdBy);
    }
    // What follows depends on what this step made, not on how it was asked for.
    state.advance(
        switch (result) {
          case Result.Layer(var descriptor) -> state.next("layer " + descriptor.digest());
          case Result.Nothing() -> state.next("nothing");
        });
  }

  private Result carryOut(String createdBy, Work work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw OciException.io("carry out '" + createdBy + "'", scratch, e);
    }
  }

  private Result store(LayerTar layer) {
    return layer.isEmpty() ? new Result.Nothing() : new Result.Layer(layer.writeTo(images.blobs()));
  }

  private void configured(StageState state, Instruction instruction) {
    state.builder().addEmptyLayer(instruction.text());
    state.advance(state.next("config " + Digest.of(state.config().toJson())));
  }

  /** Every instruction but ARG and COPY. */
  void apply(StageState state, Instruction instruction, char escape) {
    Function<String, String> expand = raw -> Words.expand(raw, escape, state.variables());
    ImageConfig.Builder config = state.builder();
    switch (instruction) {
      case Instruction.Run run -> {
        run(state, run);
        return;
      }
      case Instruction.Workdir workdir -> {
        workdir(state, workdir, expand.apply(workdir.path()));
        return;
      }
      case Instruction.Env env -> {
        // All values see the environment from before the instruction.
        Map<String, String> before = state.variables();
        for (Map.Entry<String, String> v : env.variables()) {
          config.putEnv(v.getKey(), Words.expand(v.getValue(), escape, before));
        }
      }
      case Instruction.Label label ->
          label
              .labels()
              .forEach(l -> config.label(expand.apply(l.getKey()), expand.apply(l.getValue())));
      case Instruction.User user -> config.user(expand.apply(user.user()));
      case Instruction.Expose expose ->
          expose.ports().forEach(p -> config.expose(port(expand.apply(p))));
      case Instruction.Volume volume ->
          volume.paths().forEach(p -> config.volume(state.absolute(expand.apply(p))));
      case Instruction.Cmd cmd -> {
        config.cmd(arguments(state, cmd.command()));
        state.ownCmd();
      }
      case Instruction.Entrypoint entrypoint -> {
        config.entrypoint(arguments(state, entrypoint.command()));
        // As Docker: a new entrypoint takes away the CMD that the base image had.
        if (!state.hasOwnCmd()) {
          config.cmd(List.of());
        }
      }
      case Instruction.Shell shell -> config.shell(shell.arguments());
      case Instruction.StopSignal signal -> config.stopSignal(expand.apply(signal.signal()));
      case Instruction.Healthcheck check -> config.healthcheck(check.json());
      case Instruction.Maintainer maintainer -> {}
      case Instruction.Arg arg -> throw new IllegalStateException(arg.text());
      case Instruction.Copy copy -> throw new IllegalStateException(copy.text());
    }
    configured(state, instruction);
  }

  private static String port(String text) {
    if (!text.matches("\\d{1,5}(-\\d{1,5})?(/(tcp|udp|sctp))?")) {
      throw new IllegalArgumentException("'" + text + "' is not a port such as 8080 or 53/udp.");
    }
    return text.indexOf('/') < 0 ? text + "/tcp" : text;
  }

  private static List<String> arguments(StageState state, Command command) {
    return switch (command) {
      case Command.Exec(List<String> arguments) -> arguments;
      case Command.Shell(String script) -> {
        List<String> shell = new ArrayList<>(state.config().shell());
        if (shell.isEmpty()) {
          shell.addAll(SHELL);
        }
        shell.add(script);
        yield shell;
      }
    };
  }

  private void workdir(StageState state, Instruction.Workdir instruction, String path) {
    String absolute = Path.of(state.absolute(path)).normalize().toString();
    state.builder().workingDir(absolute);
    layer(
        state,
        "WORKDIR " + absolute + "\0" + state.config().user(),
        instruction.text(),
        () -> {
          LayerTar layer = new LayerTar(timeSeconds);
          LayerView view = state.view();
          List<String> components = view.resolve(absolute, true);
          for (int n = 1; n <= components.size(); n++) {
            if (view.find(components.subList(0, n)).isEmpty()) {
              layer.directory(String.join("/", components.subList(0, n)), 0755, 0, 0);
            }
          }
          return store(layer);
        });
    state.advance(state.next("workdir " + absolute));
  }

  /**
   * @param sources finds the stage or image of {@code --from}
   */
  void copy(
      StageState state,
      Instruction.Copy instruction,
      char escape,
      Function<String, StageState> sources) {
    Map<String, String> variables = state.variables();
    List<String> patterns =
        instruction.sources().stream().map(s -> Words.expand(s, escape, variables)).toList();
    String target = state.absolute(Words.expand(instruction.target(), escape, variables));
    String chown = Words.expand(instruction.chown(), escape, variables);
    Optional<Integer> mode = mode(Words.expand(instruction.chmod(), escape, variables));
    List<Instruction.Heredoc> files =
        instruction.files().stream()
            .map(
                f ->
                    f.expands()
                        ? new Instruction.Heredoc(
                            f.name(), Words.expandOnly(f.content(), escape, variables), true)
                        : f)
            .toList();
    boolean fromContext = instruction.from().isEmpty();
    Optional<StageState> other =
        fromContext ? Optional.empty() : Optional.of(sources.apply(instruction.from()));
    CopyStep context = new CopyStep(LayerView.of(List.of(request.context())), ignore);
    String content;
    try {
      content =
          other.isPresent()
              ? other.get().config().diffIds().toString()
              : context.content(patterns).toString();
    } catch (IOException e) {
      throw OciException.io("read the build context", request.context(), e);
    }
    String step =
        String.join(
            "\0",
            instruction.add() ? "ADD" : "COPY",
            patterns.toString(),
            target,
            chown,
            mode.toString(),
            files.toString(),
            content);
    layer(
        state,
        step,
        instruction.text(),
        () -> {
          LayerTar layer = new LayerTar(timeSeconds);
          LayerView image = state.view();
          Users.User owner =
              chown.isEmpty() ? new Users.User(0, 0, List.of(), "/") : Users.owner(chown, image);
          CopyStep copy =
              other.map(s -> new CopyStep(s.view(), DockerIgnore.NOTHING)).orElse(context);
          copy.copy(
              patterns,
              files,
              new CopyStep.Target(
                  image, target, owner.uid(), owner.gid(), mode, instruction.add(), scratch),
              layer);
          return store(layer);
        });
  }

  private static Optional<Integer> mode(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.matches("[0-7]{3,4}")) {
      throw new IllegalArgumentException(
          "--chmod=" + text + " is not supported; write an octal mode such as 0755.");
    }
    return Optional.of(Integer.parseInt(text, 8));
  }

  private void run(StageState state, Instruction.Run instruction) {
    ImageConfig config = state.config();
    List<String> arguments = arguments(state, instruction.command());
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("RUN needs a command.");
    }
    Map<String, String> args = new TreeMap<>(state.args());
    String step = "RUN\0" + arguments + "\0" + args + "\0" + instruction.noNetwork();
    layer(state, step, instruction.text(), () -> run(state, config, instruction));
  }

  private Result run(StageState state, ImageConfig config, Instruction.Run instruction)
      throws IOException {
    List<Path> directories = state.directories();
    Users.User user = Users.find(config.user(), LayerView.of(directories));
    Map<String, String> variables = new TreeMap<>(state.args());
    variables.put("HOME", user.home());
    variables.putAll(config.environment());
    List<String> env = new ArrayList<>();
    variables.forEach((name, value) -> env.add(name + "=" + value));
    if (!variables.containsKey("PATH")) {
      env.add(PATH);
    }
    Path work = Files.createTempDirectory(scratch, "run");
    Path bundle = Files.createTempDirectory(scratch, "bundle");
    String workingDir = config.workingDir().isEmpty() ? "/" : config.workingDir();
    String id = "naru-build-" + scratch.getFileName() + "-" + bundle.getFileName();
    try (OverlayMount mount = OverlayMount.over(directories, work)) {
      BuildNetwork.Attachment attachment =
          instruction.noNetwork() ? BuildNetwork.NONE.attach() : network.attach();
      try {
        new RunStep(bundle, id, limits)
            .run(
                mount.root(),
                new RunStep.Task(arguments(state, instruction.command()), env, workingDir, user),
                attachment,
                output);
      } finally {
        attachment.release().run();
      }
      LayerTar layer = new LayerTar(timeSeconds);
      mount.changesTo(layer);
      return store(layer);
    }
  }
}
