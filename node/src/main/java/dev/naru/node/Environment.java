package dev.naru.node;

import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The variables of one container: Services, then {@code envFrom}, then {@code env}, later ones
 * winning; a value sees those before it. The image's own variables come first of all and are not
 * seen by {@code $(VAR)}, as in Kubernetes.
 */
final class Environment {
  private final Cluster cluster;
  private final Pod pod;
  private final DownwardApi downward;
  private final Map<String, String> services = new LinkedHashMap<>();
  private final Map<String, String> own = new LinkedHashMap<>();

  private Environment(Cluster cluster, Pod pod, DownwardApi downward) {
    this.cluster = cluster;
    this.pod = pod;
    this.downward = downward;
  }

  /**
   * @throws PodProblem {@code CreateContainerConfigError} naming what is missing
   */
  static Environment of(Cluster cluster, Pod pod, Container container, DownwardApi downward) {
    Environment environment = new Environment(cluster, pod, downward);
    environment.addServices();
    Pods.list(container.getEnvFrom()).forEach(environment::addAll);
    for (EnvVar variable : Pods.list(container.getEnv())) {
      environment.add(variable, container);
    }
    return environment;
  }

  /** All of them over those of the image. */
  Map<String, String> over(Map<String, String> image) {
    Map<String, String> all = new LinkedHashMap<>(image);
    all.putAll(services);
    all.putAll(own);
    return all;
  }

  String expand(String text) {
    return Expansion.expand(text, this::value);
  }

  List<String> expand(List<String> texts) {
    return texts.stream().map(this::expand).toList();
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(own.get(name)).or(() -> Optional.ofNullable(services.get(name)));
  }

  private void addServices() {
    String namespace = pod.getMetadata().getNamespace();
    boolean links = !Boolean.FALSE.equals(pod.getSpec().getEnableServiceLinks());
    if (!namespace.equals("default") || !links) {
      cluster.services("default").stream()
          .filter(s -> s.getMetadata().getName().equals("kubernetes"))
          .forEach(this::addService);
    }
    if (links) {
      cluster.services(namespace).forEach(this::addService);
    }
  }

  private void addService(Service service) {
    String ip = service.getSpec().getClusterIP();
    List<ServicePort> ports = Pods.list(service.getSpec().getPorts());
    if (ip == null || ip.isEmpty() || ip.equals("None") || ports.isEmpty()) {
      return;
    }
    String name = variable(service.getMetadata().getName());
    services.put(name + "_SERVICE_HOST", ip);
    services.put(name + "_SERVICE_PORT", ports.getFirst().getPort().toString());
    services.put(name + "_PORT", url(ip, ports.getFirst()));
    for (ServicePort port : ports) {
      if (port.getName() != null && !port.getName().isEmpty()) {
        services.put(name + "_SERVICE_PORT_" + variable(port.getName()), port.getPort().toString());
      }
      String prefix =
          name + "_PORT_" + port.getPort() + "_" + protocol(port).toUpperCase(Locale.ROOT);
      services.put(prefix, url(ip, port));
      services.put(prefix + "_PROTO", protocol(port));
      services.put(prefix + "_PORT", port.getPort().toString());
      services.put(prefix + "_ADDR", ip);
    }
  }

  private static String protocol(ServicePort port) {
    return port.getProtocol() == null ? "tcp" : port.getProtocol().toLowerCase(Locale.ROOT);
  }

  private static String url(String ip, ServicePort port) {
    return protocol(port) + "://" + ip + ":" + port.getPort();
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  private void addAll(EnvFromSource from) {
    String prefix = from.getPrefix() == null ? "" : from.getPrefix();
    Map<String, byte[]> data = Map.of();
    if (from.getConfigMapRef() != null) {
      data =
          configMap(
              from.getConfigMapRef().getName(), Pods.isTrue(from.getConfigMapRef().getOptional()));
    } else if (from.getSecretRef() != null) {
      data = secret(from.getSecretRef().getName(), Pods.isTrue(from.getSecretRef().getOptional()));
    }
    data.forEach((key, value) -> own.put(prefix + key, text(value)));
  }

  private void add(EnvVar variable, Container container) {
    EnvVarSource from = variable.getValueFrom();
    if (from == null) {
      String value = variable.getValue() == null ? "" : variable.getValue();
      own.put(variable.getName(), expand(value));
    } else if (from.getFieldRef() != null) {
      own.put(variable.getName(), downward.field(from.getFieldRef().getFieldPath()));
    } else if (from.getResourceFieldRef() != null) {
      own.put(variable.getName(), downward.resource(from.getResourceFieldRef(), container));
    } else if (from.getConfigMapKeyRef() != null) {
      ConfigMapKeySelector ref = from.getConfigMapKeyRef();
      boolean optional = Pods.isTrue(ref.getOptional());
      put(
          variable,
          configMap(ref.getName(), optional),
          ref.getKey(),
          optional,
          "ConfigMap",
          ref.getName());
    } else if (from.getSecretKeyRef() != null) {
      SecretKeySelector ref = from.getSecretKeyRef();
      boolean optional = Pods.isTrue(ref.getOptional());
      put(
          variable,
          secret(ref.getName(), optional),
          ref.getKey(),
          optional,
          "Secret",
          ref.getName());
    } else {
      throw new PodProblem(
          PodProblem.CONFIG,
          "env " + variable.getName() + " has a valueFrom of a kind that is not supported");
    }
  }

  private void put(
      EnvVar variable,
      Map<String, byte[]> data,
      String key,
      boolean optional,
      String kind,
      String name) {
    byte[] value = data.get(key);
    if (value != null) {
      own.put(variable.getName(), text(value));
    } else if (!optional) {
      throw new PodProblem(
          PodProblem.CONFIG,
          "couldn't find key %s in %s %s/%s"
              .formatted(key, kind, pod.getMetadata().getNamespace(), name));
    }
  }

  private Map<String, byte[]> configMap(String name, boolean optional) {
    return required(
        cluster.configMap(pod.getMetadata().getNamespace(), name), optional, "configmap", name);
  }

  private Map<String, byte[]> secret(String name, boolean optional) {
    return required(
        cluster.secret(pod.getMetadata().getNamespace(), name), optional, "secret", name);
  }

  private static Map<String, byte[]> required(
      Optional<Map<String, byte[]>> data, boolean optional, String kind, String name) {
    if (data.isEmpty() && !optional) {
      throw new PodProblem(PodProblem.CONFIG, "%s \"%s\" not found".formatted(kind, name));
    }
    return data.orElseGet(Map::of);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Values may be secrets. */
  @Override
  public String toString() {
    return "Environment" + own.keySet();
  }
}
