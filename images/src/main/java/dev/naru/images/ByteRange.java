package dev.naru.images;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes of a file, RFC 9110 section 14.
 *
 * @param first offset of the first byte
 * @param length at least 1
 */
record ByteRange(long first, long length) {
  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** What a {@code Range} header asks for. */
  sealed interface Wish {}

  /** No header, or one that is ignored: several ranges, other units. */
  record Everything() implements Wish {}

  record Part(ByteRange range) implements Wish {}

  record Unsatisfiable() implements Wish {}

  static Wish parse(Optional<String> header, long size) {
    Matcher matcher = SINGLE.matcher(header.orElse("").replace(" ", ""));
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return new Everything();
    }
    if (matcher.group(1).isEmpty()) {
      long suffix = Math.min(Long.parseLong(matcher.group(2)), size);
      return suffix == 0 ? new Unsatisfiable() : new Part(new ByteRange(size - suffix, suffix));
    }
    long first = Long.parseLong(matcher.group(1));
    long last = matcher.group(2).isEmpty() ? size - 1 : Long.parseLong(matcher.group(2));
    if (!matcher.group(2).isEmpty() && last < first) {
      return new Everything();
    }
    if (first >= size) {
      return new Unsatisfiable();
    }
    return new Part(new ByteRange(first, Math.min(last, size - 1) - first + 1));
  }
}
