package dev.naru.pipeline;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads hosted repositories. Given by whoever holds them. */
public interface SourceReader {
  /** The text of a file at a commit; empty when the commit has no such file. */
  Optional<String> read(String repository, String commit, String path) throws IOException;

  /** Paths that differ between two commits; {@code from} is known to exist. */
  List<String> changedFiles(String repository, String from, String to) throws IOException;
}
