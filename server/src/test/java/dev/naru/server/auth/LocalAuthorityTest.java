package dev.naru.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalAuthorityTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  @TempDir Path dir;

  @Test
  void serverCertificateIsSignedByTheKeptAuthority() throws Exception {
    Keys keys = new Keys(dir, RANDOM);
    String pem = LocalAuthority.open(keys, RANDOM, Clock.systemUTC()).certificatePem();
    LocalAuthority again = LocalAuthority.open(keys, RANDOM, Clock.systemUTC());
    assertThat(again.certificatePem()).isEqualTo(pem);

    KeyStore store =
        again.serverKeyStore(List.of("naru.localhost"), List.of("127.0.0.1"), "p".toCharArray());
    X509Certificate leaf = (X509Certificate) store.getCertificateChain("server")[0];
    X509Certificate ca =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    leaf.verify(ca.getPublicKey());
    assertThat(leaf.getSubjectAlternativeNames().toString())
        .contains("naru.localhost", "127.0.0.1");
  }

  @Test
  void secretsAreStableAndPrivate() throws Exception {
    Keys keys = new Keys(dir, RANDOM);
    assertThat(keys.secret("a")).isEqualTo(keys.secret("a")).isNotEqualTo(keys.secret("b"));
    assertThat(keys.adminPassword()).matches("[a-z2-9]{16}").isEqualTo(keys.adminPassword());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("a"))))
        .isEqualTo("rw-------");
  }
}
