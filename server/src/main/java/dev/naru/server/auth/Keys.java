package dev.naru.server.auth;

import dev.naru.base.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secrets of this installation, each one file of mode 0600 under {@code keys/}, generated when
 * first asked for and stable from then on. Deleting a file and starting again renews it.
 */
public final class Keys {
  private static final int SECRET_BYTES = 24;

  private final Path directory;
  private final SecureRandom random;

  public Keys(Path directory, SecureRandom random) {
    this.directory = directory;
    this.random = random;
  }

  /** The secret of that name, URL-safe text without padding. */
  public String secret(String name) throws IOException {
    Path file = directory.resolve(name);
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      byte[] bytes = new byte[SECRET_BYTES];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      AtomicFiles.writeSecret(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
      return text;
    }
  }

  /** The generated password of the user {@code admin}: 16 letters and digits that read clearly. */
  public String adminPassword() throws IOException {
    Path file = directory.resolve("admin-password");
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      String letters = "abcdefghijkmnpqrstuvwxyz23456789";
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 16; i++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      AtomicFiles.writeSecret(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
      return text.toString();
    }
  }

  Path file(String name) {
    return directory.resolve(name);
  }
}
