package dev.naru.pipeline;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * The credentials store: Secrets with the label {@code jenkins.io/credentials-type}, whose names
 * are the ids. Source: the conventions of Jenkins' kubernetes-credentials-provider.
 */
final class Credentials {
  private static final String TYPE_LABEL = "jenkins.io/credentials-type";

  /** A credential, by its type. */
  sealed interface Credential {
    record UserPassword(String user, String password) implements Credential {
      @Override
      public String toString() {
        return "UserPassword[***]";
      }
    }

    record Text(String text) implements Credential {
      @Override
      public String toString() {
        return "Text[***]";
      }
    }

    /** The content is in base64, as the Secret has it. */
    record SecretFile(String name, String base64) implements Credential {
      byte[] content() {
        return Base64.getDecoder().decode(base64);
      }

      @Override
      public String toString() {
        return "SecretFile[" + name + "]";
      }
    }
  }

  private final KubernetesClient client;
  private final String namespace;

  Credentials(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * The credential {@code id}.
   *
   * @throws IOException with one sentence when there is none, or it is of a type that is not known
   */
  Credential find(String id) throws IOException {
    Secret secret;
    try {
      secret = client.secrets().inNamespace(namespace).withName(id).get();
    } catch (KubernetesClientException e) {
      throw new IOException("credentials '" + id + "' cannot be read: " + e.getMessage(), e);
    }
    Map<String, String> labels =
        secret == null || secret.getMetadata().getLabels() == null
            ? Map.of()
            : secret.getMetadata().getLabels();
    String type = labels.get(TYPE_LABEL);
    if (secret == null || type == null) {
      throw new IOException(
          "Could not find credentials entry with ID '"
              + id
              + "': make a Secret of that name in"
              + " namespace '"
              + namespace
              + "' with label "
              + TYPE_LABEL);
    }
    return switch (type) {
      case "usernamePassword" ->
          new Credential.UserPassword(text(secret, "username"), text(secret, "password"));
      case "secretText" -> new Credential.Text(text(secret, "text"));
      case "secretFile" ->
          new Credential.SecretFile(text(secret, "filename"), base64(secret, "data"));
      default ->
          throw new IOException(
              "credentials '"
                  + id
                  + "' are of type '"
                  + type
                  + "', which is not supported; known"
                  + " are usernamePassword, secretText and secretFile");
    };
  }

  private static String base64(Secret secret, String key) throws IOException {
    String value = secret.getData() == null ? null : secret.getData().get(key);
    if (value == null) {
      throw new IOException(
          "credentials '" + secret.getMetadata().getName() + "' have no key '" + key + "'");
    }
    return value;
  }

  private static String text(Secret secret, String key) throws IOException {
    return new String(Base64.getDecoder().decode(base64(secret, key)), StandardCharsets.UTF_8);
  }
}
