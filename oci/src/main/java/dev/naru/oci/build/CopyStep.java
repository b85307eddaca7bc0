package dev.naru.oci.build;

import dev.naru.base.Digest;
import dev.naru.oci.LayerStore;
import dev.naru.oci.LayerTar;
import dev.naru.oci.OciException;
import dev.naru.oci.context.DockerIgnore;
import dev.naru.oci.context.PathPattern;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.LayerView;
import dev.naru.oci.fs.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * COPY and ADD: finds the sources, and puts them into a layer. Modes are those of the sources,
 * owner is root or {@code --chown}, folders of the target that the image has already are left as
 * they are.
 */
final class CopyStep {
  private static final int DEPTH_MAX = 100;
  private static final String CAPABILITY = "security.capability";

  private final LayerView source;
  private final DockerIgnore ignore;

  /**
   * @param source the build context, or another image's tree
   */
  CopyStep(LayerView source, DockerIgnore ignore) {
    this.source = source;
    this.ignore = ignore;
  }

  /** A source that was found: its path without links, and the name that it is to have. */
  private record Found(List<String> path, String name, Path file) {}

  private List<Found> find(List<String> patterns) throws IOException {
    List<Found> found = new ArrayList<>();
    for (String pattern : patterns) {
      List<Found> matches = new ArrayList<>();
      if (PathPattern.isPattern(pattern)) {
        match(List.of(), components(pattern), 0, matches);
      } else {
        List<String> path = source.resolve(pattern, true);
        Optional<Path> file = source.find(path);
        boolean excluded = !path.isEmpty() && isHidden(path, file);
        if (file.isPresent() && !excluded) {
          List<String> named = components(pattern);
          matches.add(new Found(path, named.isEmpty() ? "" : named.getLast(), file.get()));
        }
      }
      if (matches.isEmpty()) {
        String hint =
            ignore == DockerIgnore.NOTHING ? "" : " (a .dockerignore is there; does it hide it?)";
        throw new OciException(
            OciException.BUILD_FAILED, "there is no '" + pattern + "' to copy" + hint);
      }
      found.addAll(matches);
    }
    return found;
  }

  /** An ignored folder counts as there when something below it comes back. */
  private boolean isHidden(List<String> path, Optional<Path> file) {
    boolean folder = file.isPresent() && Files.isDirectory(file.get());
    return ignore.excludes(String.join("/", path)) && (!folder || ignore.canSkipExcludedFolders());
  }

  private static List<String> components(String path) {
    List<String> components = new ArrayList<>();
    for (String component : LayerView.split(path)) {
      if (component.equals("..")) {
        if (!components.isEmpty()) {
          components.removeLast();
        }
      } else {
        components.add(component);
      }
    }
    return components;
  }

  private void match(List<String> at, List<String> patterns, int i, List<Found> into)
      throws IOException {
    if (at.size() > DEPTH_MAX) {
      throw new OciException(OciException.BUILD_FAILED, "the files to copy lie too deep");
    }
    Pattern pattern = PathPattern.compile(patterns.get(i));
    for (Map.Entry<String, Path> child : source.list(at).entrySet()) {
      List<String> path = append(at, child.getKey());
      if (!pattern.matcher(child.getKey()).matches()
          || isHidden(path, Optional.of(child.getValue()))) {
        continue;
      }
      List<String> real = source.resolve(String.join("/", path), true);
      Optional<Path> file = source.find(real);
      if (file.isEmpty()) {
        continue;
      }
      if (i == patterns.size() - 1) {
        into.add(new Found(real, child.getKey(), file.get()));
      } else if (Files.isDirectory(file.get())) {
        match(real, patterns, i + 1, into);
      }
    }
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  /** What the sources hold: changes with any path, kind, mode, link target or content. */
  Digest content(List<String> patterns) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Found found : find(patterns)) {
      lines.append("source ").append(found.name).append('\n');
      describe(found.path, found.file, "", lines);
    }
    return Digest.of(lines.toString());
  }

  private void describe(List<String> path, Path file, String as, StringBuilder lines)
      throws IOException {
    FileStat stat = FileStat.of(file);
    String head = as + "\0" + Integer.toOctalString(stat.permissions()) + "\0";
    if (stat.isDirectory()) {
      lines.append("d ").append(head).append('\n');
      for (Map.Entry<String, Path> child : source.list(path).entrySet()) {
        List<String> childPath = append(path, child.getKey());
        if (!isHidden(childPath, Optional.of(child.getValue()))) {
          describe(childPath, child.getValue(), as + "/" + child.getKey(), lines);
        }
      }
    } else if (stat.isSymlink()) {
      lines.append("l ").append(head).append(Files.readSymbolicLink(file)).append('\n');
    } else if (stat.isRegular()) {
      lines.append("f ").append(head).append(Digest.ofFile(file)).append('\n');
    }
  }

  /**
   * Where to and as whom.
   *
   * @param target absolute
   * @param mode octal, or empty to keep that of the source
   * @param unpack whether archives are unpacked (ADD)
   */
  record Target(
      LayerView image,
      String target,
      long uid,
      long gid,
      Optional<Integer> mode,
      boolean unpack,
      Path scratch) {}

  void copy(List<String> patterns, List<Instruction.Heredoc> texts, Target to, LayerTar layer)
      throws IOException {
    List<Found> found = patterns.isEmpty() ? List.of() : find(patterns);
    List<String> target = to.image.resolve(to.target, true);
    boolean slash = to.target.endsWith("/") || to.target.endsWith("/.");
    if (found.size() + texts.size() > 1 && !slash && !isDirectory(to.image, target)) {
      throw new OciException(
          OciException.BUILD_FAILED,
          "with more than one source the target '" + to.target + "' must end with '/'");
    }
    boolean into = slash || isDirectory(to.image, target);
    for (Found source : found) {
      Optional<Path> archive = to.unpack ? unpacked(source.file, to) : Optional.empty();
      if (archive.isPresent()) {
        parents(append(target, "x"), to, layer);
        addArchive(archive.get(), target, layer);
      } else if (Files.isDirectory(source.file)) {
        parents(append(target, "x"), to, layer);
        addTree(source.path, target, to, layer);
      } else {
        List<String> path = into ? append(target, source.name) : target;
        parents(path, to, layer);
        addFile(source.file, path, to, layer);
      }
    }
    for (Instruction.Heredoc text : texts) {
      List<String> path = into ? append(target, text.name()) : target;
      parents(path, to, layer);
      Path file = to.scratch.resolve("heredoc-" + text.name());
      Files.writeString(file, text.content());
      layer.file(String.join("/", path), file, to.mode.orElse(0644), to.uid, to.gid);
    }
  }

  private static boolean isDirectory(LayerView image, List<String> path) throws IOException {
    Optional<Path> file = image.find(path);
    return path.isEmpty() || (file.isPresent() && Files.isDirectory(file.get()));
  }

  /** Adds the folders above {@code path} that the image does not have. */
  private static void parents(List<String> path, Target to, LayerTar layer) throws IOException {
    for (int n = 1; n < path.size(); n++) {
      List<String> folder = path.subList(0, n);
      String name = String.join("/", folder);
      if (layer.has(name)) {
        continue;
      }
      Optional<Path> there = to.image.find(folder);
      if (there.isEmpty()) {
        layer.directory(name, 0755, to.uid, to.gid);
      } else if (!Files.isDirectory(there.get())) {
        throw new OciException(
            OciException.BUILD_FAILED, "the image has a file '/" + name + "' in the target's way");
      }
    }
  }

  private void addTree(List<String> from, List<String> target, Target to, LayerTar layer)
      throws IOException {
    for (Map.Entry<String, Path> child : source.list(from).entrySet()) {
      List<String> path = append(from, child.getKey());
      Path file = child.getValue();
      boolean hidden = ignore.excludes(String.join("/", path));
      if (isHidden(path, Optional.of(file))) {
        continue;
      }
      List<String> as = to.image.resolve(String.join("/", append(target, child.getKey())), false);
      if (FileStat.of(file).isDirectory()) {
        List<String> folder = to.image.resolve(String.join("/", as), true);
        if (!hidden && !isDirectory(to.image, folder)) {
          int mode = to.mode.orElse(FileStat.of(file).permissions());
          layer.directory(String.join("/", folder), mode, to.uid, to.gid);
        }
        addTree(path, folder, to, layer);
      } else {
        parents(as, to, layer);
        addFile(file, as, to, layer);
      }
    }
  }

  private void addFile(Path file, List<String> path, Target to, LayerTar layer) throws IOException {
    FileStat stat = FileStat.of(file);
    String name = String.join("/", path);
    if (isDirectory(to.image, path)) {
      throw new OciException(
          OciException.BUILD_FAILED,
          "the image has a folder '/" + name + "' where a file is to be");
    }
    if (stat.isSymlink()) {
      layer.symlink(name, Files.readSymbolicLink(file).toString(), to.uid, to.gid);
    } else if (stat.isRegular()) {
      Map<String, byte[]> xattrs = new HashMap<>();
      if (ignore == DockerIgnore.NOTHING) {
        Linux.getXattr(file, CAPABILITY).ifPresent(value -> xattrs.put(CAPABILITY, value));
      }
      int mode = to.mode.orElse(stat.permissions());
      layer.file(name, file, mode, to.uid, to.gid, xattrs);
    }
  }

  /** The content of a local tar archive given to ADD, unpacked aside; empty for other files. */
  private static Optional<Path> unpacked(Path file, Target to) throws IOException {
    if (!Files.isRegularFile(file) || !isArchive(file)) {
      return Optional.empty();
    }
    Path folder = Files.createTempDirectory(to.scratch, "add");
    try (InputStream in = Files.newInputStream(file)) {
      LayerStore.unpackArchive(in, folder);
    }
    return Optional.of(folder);
  }

  private static boolean isArchive(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(6);
      String hex = java.util.HexFormat.of().formatHex(head);
      if (hex.startsWith("425a68") || hex.equals("fd377a585a00")) {
        throw new OciException(
            OciException.BUILD_FAILED,
            "ADD unpacks plain, gzip and zstd archives; '" + file.getFileName() + "' is another");
      }
    }
    return LayerStore.isTar(file);
  }

  private static void addArchive(Path folder, List<String> target, LayerTar layer)
      throws IOException {
    LayerView archive = LayerView.of(List.of(folder));
    TreeMap<String, Path> todo = new TreeMap<>();
    archive.list(List.of()).forEach(todo::put);
    while (!todo.isEmpty()) {
      Map.Entry<String, Path> next = todo.pollFirstEntry();
      Path file = next.getValue();
      FileStat stat = FileStat.of(file);
      String name = String.join("/", append(target, next.getKey()));
      if (stat.isDirectory()) {
        layer.directory(name, stat.permissions(), stat.uid(), stat.gid());
        archive
            .list(LayerView.split(next.getKey()))
            .forEach((child, path) -> todo.put(next.getKey() + "/" + child, path));
      } else if (stat.isSymlink()) {
        layer.symlink(name, Files.readSymbolicLink(file).toString(), stat.uid(), stat.gid());
      } else if (stat.isRegular()) {
        layer.file(name, file, stat.permissions(), stat.uid(), stat.gid());
      }
    }
  }
}
