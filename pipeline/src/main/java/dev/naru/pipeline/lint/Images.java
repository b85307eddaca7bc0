package dev.naru.pipeline.lint;

import java.util.Optional;

/** Whether an image's name, as written, stands for different images at different times. */
final class Images {
  private Images() {}

  /** What is wrong with {@code image}; empty when it is fixed or cannot be known. */
  static Optional<String> mutable(String image) {
    if (image.isBlank() || image.contains("@") || image.startsWith("-")) {
      return Optional.empty();
    }
    if (image.endsWith(":latest")) {
      return Optional.of("':latest' is another image every time that someone pushes it");
    }
    String last = image.substring(image.lastIndexOf('/') + 1);
    boolean computed =
        last.indexOf('$') >= 0 || last.indexOf(GroovyText.HOLE) >= 0 || last.indexOf('`') >= 0;
    return last.contains(":") || computed || !last.matches("[A-Za-z0-9._-]+")
        ? Optional.empty()
        : Optional.of("an image without a tag is ':latest', another one every time");
  }
}
