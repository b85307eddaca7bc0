package dev.naru.server;

import dev.naru.base.AtomicFiles;
import dev.naru.server.auth.LocalAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The Kubernetes API's TLS and the kubeconfig that trusts it. */
final class ApiTls {
  private static final List<String> NAMES =
      List.of("localhost", "naru.localhost", "kubernetes", "kubernetes.default.svc");

  private ApiTls() {}

  static SSLContext context(LocalAuthority authority, SecureRandom random) throws IOException {
    char[] password = Long.toHexString(random.nextLong()).toCharArray();
    try {
      KeyStore store = authority.serverKeyStore(NAMES, List.of("127.0.0.1"), password);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, random);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("Tried to prepare TLS for the Kubernetes API but " + e, e);
    }
  }

  /** Mode 0600: it holds the administrator's token. */
  static void writeKubeconfig(
      DataDir data, NaruConfig config, LocalAuthority authority, String token) throws IOException {
    String certificate =
        Base64.getEncoder()
            .encodeToString(authority.certificatePem().getBytes(StandardCharsets.US_ASCII));
    String yaml =
        """
        apiVersion: v1
        kind: Config
        clusters:
          - name: naru
            cluster:
              server: https://127.0.0.1:%d
              certificate-authority-data: %s
        users:
          - name: admin
            user:
              token: %s
        contexts:
          - name: naru
            context: {cluster: naru, user: admin}
        current-context: naru
        """
            .formatted(config.apiPort(), certificate, token);
    AtomicFiles.writeSecret(data.kubeconfig(), yaml.getBytes(StandardCharsets.UTF_8));
  }
}
