package dev.naru.server.lsp;

import dev.naru.pipeline.lint.Manifests;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The manifests beside an open Jenkinsfile or below a folder that the editor has open. */
final class NearbyManifests implements Manifests {
  private static final int SIZE_MAX_BYTES = 4 << 20;

  private final List<Path> folders;

  /**
   * @param uri of the Jenkinsfile; one that is no file has nothing beside it
   */
  NearbyManifests(String uri, List<String> workspaces) {
    List<Path> all = new ArrayList<>();
    file(uri).map(Path::getParent).ifPresent(all::add);
    workspaces.forEach(w -> file(w).ifPresent(all::add));
    folders = List.copyOf(all);
  }

  private static Optional<Path> file(String uri) {
    try {
      return uri.startsWith("file:") ? Optional.of(Path.of(URI.create(uri))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      // A name as an editor may give to a text that was never saved.
      return Optional.empty();
    }
  }

  @Override
  public Optional<String> find(String path) {
    try {
      for (Path folder : folders) {
        Path manifest = folder.resolve(path);
        if (Files.isRegularFile(manifest) && Files.size(manifest) <= SIZE_MAX_BYTES) {
          return Optional.of(Files.readString(manifest));
        }
      }
    } catch (InvalidPathException | IOException e) {
      // A name that only the run can know, or a file that is no text: nothing is known.
      return Optional.empty();
    }
    return Optional.empty();
  }
}
