package dev.naru.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.oci.ImageRef;
import dev.naru.oci.Images;
import dev.naru.oci.OciException;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.RegistryLogin;
import dev.naru.oci.ResolvedImage;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The image of a container: which, when to pull it, with whose password. */
final class PodImages {
  private static final Logger LOG = LoggerFactory.getLogger(PodImages.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Images images;
  private final Cluster cluster;
  private final Events events;

  PodImages(Images images, Cluster cluster, Events events) {
    this.images = images;
    this.cluster = cluster;
    this.events = events;
  }

  /**
   * The image, unpacked.
   *
   * @throws PodProblem {@code InvalidImageName}, {@code ErrImageNeverPull} or {@code ErrImagePull}
   */
  ResolvedImage get(Pod pod, Container container) {
    ImageRef ref = parse(container);
    PullPolicy policy = policy(container, ref);
    if (images.isBuiltIn(ref) || policy != PullPolicy.ALWAYS) {
      try {
        ResolvedImage image = images.resolve(ref, PullPolicy.NEVER);
        events.normal(
            pod,
            container.getName(),
            "Pulled",
            "Container image \"%s\" already present on machine".formatted(container.getImage()));
        return image;
      } catch (OciException e) {
        if (images.isBuiltIn(ref)) {
          // It comes when it is built, and looking costs nothing.
          throw failed(pod, container, PodProblem.IMAGE_PULL, Backoff.CHEAP_MAX, e);
        }
        if (!e.code().equals(OciException.IMAGE_UNKNOWN)) {
          throw failed(pod, container, PodProblem.IMAGE_PULL, Backoff.MAX, e);
        }
        if (policy == PullPolicy.NEVER) {
          throw failed(pod, container, PodProblem.IMAGE_NEVER, Backoff.MAX, e);
        }
      }
    }
    return pull(pod, container, ref);
  }

  /** Signal that ends a container of this image; empty when it names none. */
  Optional<String> stopSignal(String image) {
    try {
      String signal = images.resolve(ImageRef.parse(image), PullPolicy.NEVER).config().stopSignal();
      return signal.isEmpty() ? Optional.empty() : Optional.of(signal);
    } catch (OciException e) {
      LOG.atDebug().addKeyValue("image", image).setCause(e).log("image is gone, SIGTERM it is");
      return Optional.empty();
    }
  }

  private ResolvedImage pull(Pod pod, Container container, ImageRef ref) {
    events.normal(
        pod,
        container.getName(),
        "Pulling",
        "Pulling image \"%s\"".formatted(container.getImage()));
    long start = System.nanoTime();
    try {
      ResolvedImage image = images.resolve(ref, PullPolicy.ALWAYS, login(pod, ref.registry()));
      events.normal(
          pod,
          container.getName(),
          "Pulled",
          "Successfully pulled image \"%s\" in %dms"
              .formatted(container.getImage(), (System.nanoTime() - start) / 1_000_000));
      return image;
    } catch (OciException e) {
      throw failed(pod, container, PodProblem.IMAGE_PULL, Backoff.MAX, e);
    }
  }

  private PodProblem failed(
      Pod pod, Container container, String reason, Duration pauseMax, OciException cause) {
    String message =
        "Failed to pull image \"%s\": %s".formatted(container.getImage(), cause.getMessage());
    events.warning(pod, container.getName(), "Failed", message);
    return new PodProblem(reason, message, pauseMax, cause);
  }

  private static ImageRef parse(Container container) {
    String image = container.getImage() == null ? "" : container.getImage();
    try {
      return ImageRef.parse(image);
    } catch (OciException | IllegalArgumentException e) {
      throw new PodProblem(
          PodProblem.IMAGE_NAME,
          "Failed to apply default image tag \"%s\": %s".formatted(image, e.getMessage()),
          e);
    }
  }

  private static PullPolicy policy(Container container, ImageRef ref) {
    return switch (container.getImagePullPolicy()) {
      case "Always" -> PullPolicy.ALWAYS;
      case "Never" -> PullPolicy.NEVER;
      case "IfNotPresent" -> PullPolicy.IF_NOT_PRESENT;
      case null, default ->
          ref.digest().isEmpty() && ref.tag().orElse("latest").equals("latest")
              ? PullPolicy.ALWAYS
              : PullPolicy.IF_NOT_PRESENT;
    };
  }

  /** From the pod's imagePullSecrets of type kubernetes.io/dockerconfigjson. */
  private Optional<RegistryLogin> login(Pod pod, String registry) {
    for (LocalObjectReference ref : Pods.list(pod.getSpec().getImagePullSecrets())) {
      Optional<Map<String, byte[]>> secret =
          cluster.secret(pod.getMetadata().getNamespace(), ref.getName());
      Optional<RegistryLogin> found =
          secret.flatMap(data -> login(data.get(".dockerconfigjson"), registry));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  static Optional<RegistryLogin> login(byte @Nullable [] dockerConfig, String registry) {
    if (dockerConfig == null) {
      return Optional.empty();
    }
    try {
      JsonNode auths = JSON.readTree(dockerConfig).path("auths");
      for (Map.Entry<String, JsonNode> entry : auths.properties()) {
        String host = entry.getKey().replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        boolean hub = host.equals("index.docker.io") && registry.equals("docker.io");
        if (host.equals(registry) || hub) {
          return Optional.of(login(entry.getValue()));
        }
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new PodProblem(PodProblem.IMAGE_PULL, "an imagePullSecret cannot be read", e);
    }
  }

  private static RegistryLogin login(JsonNode auth) {
    if (auth.hasNonNull("auth")) {
      String both =
          new String(
              Base64.getDecoder().decode(auth.path("auth").asText()), StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      if (colon > 0) {
        return new RegistryLogin(both.substring(0, colon), both.substring(colon + 1));
      }
    }
    return new RegistryLogin(auth.path("username").asText(), auth.path("password").asText());
  }
}
