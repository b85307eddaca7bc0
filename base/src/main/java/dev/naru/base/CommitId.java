package dev.naru.base;

import java.util.regex.Pattern;

/**
 * A full Git commit id: 40 lower-case hex digits (SHA-1 object format).
 *
 * @param hex the 40 digits
 */
public record CommitId(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}");

  public CommitId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a full commit id: '" + hex + "'");
    }
  }

  /** The first 7 digits, as Git shows a commit to people. */
  public String shortHex() {
    return hex.substring(0, 7);
  }

  @Override
  public String toString() {
    return hex;
  }
}
