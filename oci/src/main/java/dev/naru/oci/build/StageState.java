package dev.naru.oci.build;

import dev.naru.base.Digest;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.LayerStore;
import dev.naru.oci.fs.LayerView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stage in the making. Used by one build. */
final class StageState {
  private final LayerStore store;
  private final List<Descriptor> layers;
  private final Map<String, String> args = new LinkedHashMap<>();
  private final ImageConfig.Builder config;
  private Digest key;

  /** Whether CMD was given in this Dockerfile, rather than by the base image. */
  private boolean cmdIsOwn;

  StageState(LayerStore store, ImageConfig config, List<Descriptor> layers, Digest key) {
    this.store = store;
    this.config = config.toBuilder();
    this.layers = new ArrayList<>(layers);
    this.key = key;
  }

  ImageConfig config() {
    return config.build();
  }

  ImageConfig.Builder builder() {
    return config;
  }

  List<Descriptor> layers() {
    return List.copyOf(layers);
  }

  /** Names everything that the stage has come from so far. */
  Digest key() {
    return key;
  }

  /** The key after one more step. */
  Digest next(String step) {
    return Digest.of(key + "\n" + step);
  }

  void advance(Digest newKey) {
    key = newKey;
  }

  void addLayer(Descriptor layer, String createdBy) {
    layers.add(layer);
    config.addLayer(layer.digest(), createdBy);
  }

  void ownCmd() {
    cmdIsOwn = true;
  }

  boolean hasOwnCmd() {
    return cmdIsOwn;
  }

  void setArg(String name, String value) {
    args.put(name, value);
  }

  Map<String, String> args() {
    return args;
  }

  /** Variables that instructions see: ARGs, and over them the image's environment. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>(args);
    variables.putAll(config().environment());
    return variables;
  }

  /** The layers so far on disk, lowest first; unpacks what is not there yet. */
  List<Path> directories() {
    return store.unpack(layers, config().diffIds());
  }

  LayerView view() {
    return LayerView.of(directories());
  }

  /** {@code path} against the working directory; a slash at the end stays. */
  String absolute(String path) {
    if (path.startsWith("/")) {
      return path;
    }
    String base = config().workingDir().isEmpty() ? "/" : config().workingDir();
    return base.endsWith("/") ? base + path : base + "/" + path;
  }
}
