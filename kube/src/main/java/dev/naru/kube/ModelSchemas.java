package dev.naru.kube;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.naru.kube.Schema.Merge;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The schemas of the built-in kinds, read from the fields of the client's model classes. */
final class ModelSchemas {
  private static final Map<Class<?>, Schema> KNOWN = new ConcurrentHashMap<>();

  /** Required fields, from the OpenAPI documents of v1.32; the types they are in are nested. */
  private static final Map<String, List<String>> REQUIRED =
      Map.ofEntries(
          Map.entry("Container", List.of("name")),
          Map.entry("PodSpec", List.of("containers")),
          Map.entry("ContainerPort", List.of("containerPort")),
          Map.entry("EnvVar", List.of("name")),
          Map.entry("VolumeMount", List.of("mountPath", "name")),
          Map.entry("Volume", List.of("name")),
          Map.entry("ServicePort", List.of("port")),
          Map.entry("DeploymentSpec", List.of("selector", "template")),
          Map.entry("ReplicaSetSpec", List.of("selector")),
          Map.entry("StatefulSetSpec", List.of("selector", "serviceName", "template")),
          Map.entry("DaemonSetSpec", List.of("selector", "template")),
          Map.entry("JobSpec", List.of("template")),
          Map.entry("CronJobSpec", List.of("schedule", "jobTemplate")),
          Map.entry("HTTPGetAction", List.of("port")),
          Map.entry("TCPSocketAction", List.of("port")),
          Map.entry("ConfigMapKeySelector", List.of("key")),
          Map.entry("SecretKeySelector", List.of("key")),
          Map.entry("KeyToPath", List.of("key", "path")),
          Map.entry("OwnerReference", List.of("apiVersion", "kind", "name", "uid")),
          Map.entry("EndpointSlice", List.of("addressType", "endpoints")),
          Map.entry("HorizontalPodAutoscalerSpec", List.of("maxReplicas", "scaleTargetRef")),
          Map.entry("PriorityClass", List.of("value")),
          Map.entry("StorageClass", List.of("provisioner")),
          Map.entry("HTTPIngressPath", List.of("backend", "pathType")));

  private ModelSchemas() {}

  static Schema of(Class<?> model) {
    Schema known = KNOWN.get(model);
    if (known == null) {
      Schema made =
          Schema.builder(Schema.Type.OBJECT)
              .properties(() -> fields(model))
              .required(REQUIRED.getOrDefault(model.getSimpleName(), List.of()))
              .merge(MergeFacts.ofMap("", "", model.getSimpleName()))
              .model(model)
              .build();
      known = KNOWN.putIfAbsent(model, made);
      known = known == null ? made : known;
    }
    return known;
  }

  private static Map<String, Schema> fields(Class<?> model) {
    Map<String, Schema> properties = new TreeMap<>();
    for (Class<?> c = model; c != null && c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        JsonProperty named = field.getAnnotation(JsonProperty.class);
        if (Modifier.isStatic(field.getModifiers()) || named == null) {
          continue;
        }
        String name = named.value().isEmpty() ? field.getName() : named.value();
        properties.putIfAbsent(name, type(model.getSimpleName(), name, field.getGenericType()));
      }
    }
    return new LinkedHashMap<>(properties);
  }

  private static Schema type(String owner, String field, java.lang.reflect.Type type) {
    if (type instanceof ParameterizedType generic) {
      java.lang.reflect.Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return Schema.builder(Schema.Type.ARRAY)
            .items(() -> type(owner, field + "[]", arguments[0]))
            .merge(MergeFacts.ofList(owner, field))
            .build();
      }
      if (generic.getRawType() == Map.class) {
        return Schema.builder(Schema.Type.OBJECT)
            .values(() -> type(owner, field + "{}", arguments[1]))
            .merge(MergeFacts.ofMap(owner, field, ""))
            .build();
      }
      return Schema.ANY_VALUE;
    }
    return type instanceof Class<?> c ? classType(owner, field, c) : Schema.ANY_VALUE;
  }

  private static Schema classType(String owner, String field, Class<?> c) {
    if (c == String.class) {
      return Schema.builder(Schema.Type.STRING).defaultValue(keyDefault(owner, field)).build();
    }
    if (c == MicroTime.class || c == ZonedDateTime.class) {
      return Schema.builder(Schema.Type.STRING).build();
    }
    if (c == Integer.class || c == Long.class || c == int.class || c == long.class) {
      return Schema.builder(Schema.Type.INTEGER).build();
    }
    if (c == Double.class || c == Float.class) {
      return Schema.builder(Schema.Type.NUMBER).build();
    }
    if (c == Boolean.class || c == boolean.class) {
      return Schema.builder(Schema.Type.BOOLEAN).build();
    }
    if (c == IntOrString.class) {
      return Schema.builder(Schema.Type.INT_OR_STRING).build();
    }
    if (c == Quantity.class) {
      return Schema.builder(Schema.Type.QUANTITY).build();
    }
    if (c == FieldsV1.class) {
      return Schema.builder(Schema.Type.OBJECT)
          .preserveUnknown(true)
          .merge(Merge.ATOMIC_MAP)
          .build();
    }
    if (c == Object.class
        || JsonNode.class.isAssignableFrom(c)
        || c.isInterface()
        || c.getSimpleName().startsWith("JSONSchemaPropsOr")
        || c.getSimpleName().equals("RawExtension")) {
      return Schema.ANY_VALUE;
    }
    return of(c);
  }

  /**
   * The only defaults that keys of associative lists need: server-side apply runs before defaults.
   */
  private static @Nullable JsonNode keyDefault(String owner, String field) {
    return field.equals("protocol")
            && (owner.equals("ContainerPort") || owner.equals("ServicePort"))
        ? TextNode.valueOf("TCP")
        : null;
  }
}
