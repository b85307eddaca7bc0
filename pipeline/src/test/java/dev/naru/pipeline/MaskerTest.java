package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskerTest {
  private static Secrets secrets(String... all) {
    Secrets secrets = new Secrets();
    List.of(all).forEach(secrets::add);
    return secrets;
  }

  private static String cut(Secrets secrets, String text, Random random) {
    Masker masker = new Masker(secrets);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; ) {
      int n = Math.min(bytes.length - at, 1 + random.nextInt(7));
      out.writeBytes(masker.take(bytes, at, n));
      at += n;
    }
    out.writeBytes(masker.finish());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyFormOfASecretIsMaskedHoweverTheTextIsCut() {
    long seed = 42;
    Random random = new Random(seed);
    String alphabet = "abcXYZ019'\"\\ $+/=한글\n";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder secret = new StringBuilder("s3");
      int length = 3 + random.nextInt(20);
      for (int n = 0; n < length; n++) {
        secret.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      secret.append("!Q");
      String s = secret.toString();
      String base64 = Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
      String text =
          "before " + s + " '" + s.replace("'", "'\\''") + "' " + base64 + " after " + s + s;
      String masked = cut(secrets(s), text, random);
      assertThat(masked).as("seed %s, round %s", seed, i).doesNotContain(s, base64);
      assertThat(masked).startsWith("before ****").contains(" after ****");
    }
  }

  @Test
  void aSecretInsideOfALongerBase64IsMasked() {
    String password = "correct horse battery staple";
    for (String user : List.of("a", "ab", "abc", "")) {
      String header =
          Base64.getEncoder()
              .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
      String masked = cut(secrets(password), "Authorization: Basic " + header, new Random(1));
      assertThat(masked).contains("****");
      assertThat(masked.length()).isLessThan(21 + header.length());
    }
  }

  @Test
  void whatIsNoSecretStaysByteForByte() {
    Secrets secrets = secrets("password", "passing by", "xyz");
    String text = "pass passw passing passi\npass";
    for (int seed = 0; seed < 200; seed++) {
      assertThat(cut(secrets, text, new Random(seed))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab"})
  void shortSecretsAreNotMasked(String secret) {
    assertThat(cut(secrets(secret), "ab a abc", new Random(1))).isEqualTo("ab a abc");
  }

  @Test
  void theLongerOfTwoSecretsWins() {
    assertThat(cut(secrets("abc", "abcdef"), "abcdef abc abcd", new Random(3)))
        .isEqualTo("**** **** ****d");
  }

  @Test
  void sealedTextHoldsNoSecretAndComesBack() {
    Secrets secrets = secrets("hunter2", "hunter22");
    String sealed = secrets.seal("x hunter22 y hunter2");
    assertThat(sealed).doesNotContain("hunter");
    assertThat(secrets.unseal(sealed)).isEqualTo("x hunter22 y hunter2");
  }
}
