package dev.naru.node;

import dev.naru.node.AtomicDirectory.Item;
import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files of a volume that comes from the API: configMap, secret, downwardAPI, projected. */
final class Projections {
  private static final int MODE = 0644;

  private final Cluster cluster;
  private final String namespace;
  private final DownwardApi downward;
  private final Map<String, Item> items = new TreeMap<>();

  private Projections(Cluster cluster, DownwardApi downward) {
    this.cluster = cluster;
    this.namespace = downward.pod().getMetadata().getNamespace();
    this.downward = downward;
  }

  /** Whether the volume is one of these kinds. */
  static boolean projects(Volume volume) {
    return volume.getConfigMap() != null
        || volume.getSecret() != null
        || volume.getDownwardAPI() != null
        || volume.getProjected() != null;
  }

  /** Whether it may hold secrets, which belong into memory. */
  static boolean isSecret(Volume volume) {
    return volume.getSecret() != null
        || (volume.getProjected() != null
            && Pods.list(volume.getProjected().getSources()).stream()
                .anyMatch(s -> s.getSecret() != null || s.getServiceAccountToken() != null));
  }

  /**
   * @throws PodProblem {@code FailedMount} naming what is missing
   */
  static Map<String, Item> of(Cluster cluster, DownwardApi downward, Volume volume) {
    Projections all = new Projections(cluster, downward);
    if (volume.getConfigMap() != null) {
      all.add(volume.getConfigMap());
    } else if (volume.getSecret() != null) {
      all.add(volume.getSecret());
    } else if (volume.getDownwardAPI() != null) {
      int mode = mode(volume.getDownwardAPI().getDefaultMode(), MODE);
      all.add(Pods.list(volume.getDownwardAPI().getItems()), mode);
    } else {
      all.add(volume.getProjected());
    }
    return all.items;
  }

  private void add(ConfigMapVolumeSource source) {
    boolean optional = Pods.isTrue(source.getOptional());
    put(
        required(
            cluster.configMap(namespace, source.getName()),
            optional,
            "configmap",
            source.getName()),
        source.getItems(),
        mode(source.getDefaultMode(), MODE),
        optional,
        "configmap " + source.getName());
  }

  private void add(SecretVolumeSource source) {
    boolean optional = Pods.isTrue(source.getOptional());
    String name = source.getSecretName();
    put(
        required(cluster.secret(namespace, name), optional, "secret", name),
        source.getItems(),
        mode(source.getDefaultMode(), MODE),
        optional,
        "secret " + name);
  }

  private void add(ProjectedVolumeSource projected) {
    int mode = mode(projected.getDefaultMode(), MODE);
    for (VolumeProjection source : Pods.list(projected.getSources())) {
      if (source.getConfigMap() != null) {
        ConfigMapProjection map = source.getConfigMap();
        boolean optional = Pods.isTrue(map.getOptional());
        put(
            required(
                cluster.configMap(namespace, map.getName()), optional, "configmap", map.getName()),
            map.getItems(),
            mode,
            optional,
            "configmap " + map.getName());
      } else if (source.getSecret() != null) {
        SecretProjection secret = source.getSecret();
        boolean optional = Pods.isTrue(secret.getOptional());
        put(
            required(
                cluster.secret(namespace, secret.getName()), optional, "secret", secret.getName()),
            secret.getItems(),
            mode,
            optional,
            "secret " + secret.getName());
      } else if (source.getDownwardAPI() != null) {
        add(Pods.list(source.getDownwardAPI().getItems()), mode);
      } else {
        throw new PodProblem(
            PodProblem.VOLUME,
            "a projected volume takes configMap, secret and downwardAPI here; service account"
                + " tokens and others are not supported");
      }
    }
  }

  private void add(List<DownwardAPIVolumeFile> files, int defaultMode) {
    for (DownwardAPIVolumeFile file : files) {
      String value =
          file.getFieldRef() != null
              ? downward.field(file.getFieldRef().getFieldPath())
              : downward.resource(file.getResourceFieldRef(), null);
      items.put(
          file.getPath(),
          new Item(value.getBytes(StandardCharsets.UTF_8), mode(file.getMode(), defaultMode)));
    }
  }

  private void put(
      Map<String, byte[]> data,
      @Nullable List<KeyToPath> wanted,
      int defaultMode,
      boolean optional,
      String what) {
    if (wanted == null || wanted.isEmpty()) {
      data.forEach((key, value) -> items.put(key, new Item(value, defaultMode)));
      return;
    }
    for (KeyToPath item : wanted) {
      byte[] value = data.get(item.getKey());
      if (value != null) {
        items.put(item.getPath(), new Item(value, mode(item.getMode(), defaultMode)));
      } else if (!optional) {
        throw new PodProblem(PodProblem.VOLUME, "%s has no key %s".formatted(what, item.getKey()));
      }
    }
  }

  private static Map<String, byte[]> required(
      Optional<Map<String, byte[]>> data, boolean optional, String kind, String name) {
    if (data.isEmpty() && !optional) {
      throw new PodProblem(PodProblem.VOLUME, "%s \"%s\" not found".formatted(kind, name));
    }
    return data.orElseGet(Map::of);
  }

  private static int mode(@Nullable Integer mode, int otherwise) {
    return mode == null ? otherwise : mode;
  }
}
