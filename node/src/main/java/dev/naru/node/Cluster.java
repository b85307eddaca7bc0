package dev.naru.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What pods refer to, read fresh from the API each time: a cache could miss what was just made. */
record Cluster(KubernetesClient client) {

  Optional<Map<String, byte[]>> configMap(String namespace, String name) {
    ConfigMap found = client.configMaps().inNamespace(namespace).withName(name).get();
    if (found == null) {
      return Optional.empty();
    }
    Map<String, byte[]> data = new TreeMap<>();
    Pods.map(found.getData())
        .forEach((key, value) -> data.put(key, value.getBytes(StandardCharsets.UTF_8)));
    Pods.map(found.getBinaryData())
        .forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
    return Optional.of(data);
  }

  Optional<Map<String, byte[]>> secret(String namespace, String name) {
    Secret found = client.secrets().inNamespace(namespace).withName(name).get();
    if (found == null) {
      return Optional.empty();
    }
    Map<String, byte[]> data = new TreeMap<>();
    Pods.map(found.getData())
        .forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
    return Optional.of(data);
  }

  Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return Optional.ofNullable(
        client.persistentVolumeClaims().inNamespace(namespace).withName(name).get());
  }

  Optional<PersistentVolume> volume(String name) {
    return Optional.ofNullable(client.persistentVolumes().withName(name).get());
  }

  List<Service> services(String namespace) {
    return client.services().inNamespace(namespace).list().getItems();
  }
}
