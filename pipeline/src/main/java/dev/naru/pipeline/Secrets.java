package dev.naru.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The secrets that a run knows, and the forms in which they could come into its output: themselves,
 * each of their lines, base64 (whole, and inside of a longer text at each of the three alignments),
 * and as shells and JSON quote them. Secrets shorter than {@value #LENGTH_MIN} characters are not
 * masked, as in Jenkins.
 */
final class Secrets {
  static final int LENGTH_MIN = 3;
  static final String MASK = "****";
  private static final char SEAL = '\u0001';

  private final List<String> values = new ArrayList<>();
  private volatile List<byte[]> patterns = List.of();

  /** Adds a secret; the order of adding must be the same in a replay. */
  synchronized void add(String secret) {
    if (secret.length() < LENGTH_MIN || values.contains(secret)) {
      return;
    }
    values.add(secret);
    Set<String> forms = new LinkedHashSet<>();
    for (String value : values) {
      forms(value, forms);
      value.lines().map(String::strip).forEach(line -> forms(line, forms));
    }
    patterns =
        forms.stream()
            .filter(f -> f.length() >= LENGTH_MIN)
            .sorted(Comparator.comparing(String::length).reversed())
            .map(f -> f.getBytes(StandardCharsets.UTF_8))
            .toList();
  }

  private static void forms(String secret, Set<String> to) {
    if (secret.length() < LENGTH_MIN) {
      return;
    }
    to.add(secret);
    to.add(secret.replace("'", "'\\''"));
    to.add(secret.replace("'", "'\"'\"'"));
    to.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String whole = Base64.getEncoder().encodeToString(bytes);
    to.add(whole);
    to.add(whole.replace("=", ""));
    to.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[bytes.length + shift];
      System.arraycopy(bytes, 0, shifted, shift, bytes.length);
      // Characters that also hold bits of the neighbours are left out at both ends.
      int first = shift == 0 ? 0 : shift + 1;
      int last = shifted.length * 8 / 6;
      String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      if (last - first >= 8) {
        to.add(text.substring(first, last));
      }
    }
  }

  /** What to mask, longest first. */
  List<byte[]> patterns() {
    return patterns;
  }

  String mask(String text) {
    String masked = text;
    for (byte[] pattern : patterns) {
      masked = masked.replace(new String(pattern, StandardCharsets.UTF_8), MASK);
    }
    return masked;
  }

  /** Puts the place of a secret instead of the secret, for the journal. */
  synchronized String seal(String text) {
    String sealed = text;
    List<String> longestFirst =
        values.stream().sorted(Comparator.comparing(String::length).reversed()).toList();
    for (String value : longestFirst) {
      sealed = sealed.replace(value, SEAL + "" + values.indexOf(value) + SEAL);
    }
    return sealed;
  }

  /** Undoes {@link #seal}. */
  synchronized String unseal(String text) {
    String plain = text;
    for (int i = 0; i < values.size(); i++) {
      plain = plain.replace(SEAL + "" + i + SEAL, values.get(i));
    }
    return plain;
  }

  @Override
  public String toString() {
    return "Secrets[" + values.size() + "]";
  }
}
