package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Autoscaling;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Networking;
import io.kubernetes.client.proto.V1Policy;
import io.kubernetes.client.proto.V1Rbac;
import io.kubernetes.client.proto.V1Scheduling;
import io.kubernetes.client.proto.V1Storage;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Kubernetes protobuf bodies as JSON trees. The messages carry the field names of the JSON form;
 * what differs is here: times, quantities, embedded structs, and zeros that mean "not set".
 *
 * <p>Source: k8s.io/apimachinery runtime/serializer/protobuf (the {@code k8s\0} envelope).
 */
final class ProtobufBodies {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private static final Map<String, FileDescriptor> FILES =
      Map.ofEntries(
          Map.entry("v1", V1.getDescriptor()),
          Map.entry("apps/v1", V1Apps.getDescriptor()),
          Map.entry("authentication.k8s.io/v1", V1Authentication.getDescriptor()),
          Map.entry("authorization.k8s.io/v1", V1Authorization.getDescriptor()),
          Map.entry("autoscaling/v1", V1Autoscaling.getDescriptor()),
          Map.entry("batch/v1", V1Batch.getDescriptor()),
          Map.entry("networking.k8s.io/v1", V1Networking.getDescriptor()),
          Map.entry("policy/v1", V1Policy.getDescriptor()),
          Map.entry("rbac.authorization.k8s.io/v1", V1Rbac.getDescriptor()),
          Map.entry("scheduling.k8s.io/v1", V1Scheduling.getDescriptor()),
          Map.entry("storage.k8s.io/v1", V1Storage.getDescriptor()));

  /** Fields that stand for the fields of their message. */
  private static final Set<String> EMBEDDED =
      Set.of(
          "handler",
          "volumeSource",
          "persistentVolumeSource",
          "localObjectReference",
          "ephemeralContainerCommon",
          "ingressRuleValue");

  /** Plain numbers and booleans, which are always written: zero is absence. */
  private static final Set<String> ZERO_IS_ABSENT =
      Set.of(
          "hostPort",
          "nodePort",
          "healthCheckNodePort",
          "minReadySeconds",
          "initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold",
          "generation",
          "observedGeneration",
          "hostNetwork",
          "hostPID",
          "hostIPC",
          "stdin",
          "stdinOnce",
          "tty",
          "readOnly",
          "paused",
          "unschedulable",
          "publishNotReadyAddresses",
          "globalDefault");

  private ProtobufBodies() {}

  /** The object in a body; what cannot be read is a 400, an unknown kind a 415. */
  static JsonNode read(byte[] body) {
    if (body.length < MAGIC.length) {
      throw StatusException.badRequest("the body is no Kubernetes protobuf");
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (body[i] != MAGIC[i]) {
        throw StatusException.badRequest(
            "the body is no Kubernetes protobuf: it does not begin with the magic number");
      }
    }
    try {
      Runtime.Unknown envelope =
          Runtime.Unknown.parseFrom(
              ByteString.copyFrom(body, MAGIC.length, body.length - MAGIC.length));
      String apiVersion = envelope.getTypeMeta().getApiVersion();
      String kind = envelope.getTypeMeta().getKind();
      Descriptor type = type(apiVersion, kind);
      ObjectNode json = message(DynamicMessage.parseFrom(type, envelope.getRaw()));
      if (kind.equals("DeleteOptions")) {
        return json;
      }
      return json.put("apiVersion", apiVersion).put("kind", kind);
    } catch (InvalidProtocolBufferException e) {
      throw StatusException.badRequest("the body is no valid protobuf: " + e.getMessage());
    }
  }

  private static Descriptor type(String apiVersion, String kind) {
    if (kind.equals("DeleteOptions")) {
      return Meta.DeleteOptions.getDescriptor();
    }
    FileDescriptor file = FILES.get(apiVersion);
    Descriptor type = file == null ? null : file.findMessageTypeByName(kind);
    if (type == null) {
      throw StatusException.of(
          415,
          "UnsupportedMediaType",
          kind + " of " + apiVersion + " is not accepted as protobuf; send it as JSON");
    }
    return type;
  }

  private static ObjectNode message(Message message) {
    ObjectNode json = Json.object();
    for (Map.Entry<FieldDescriptor, Object> e : message.getAllFields().entrySet()) {
      FieldDescriptor field = e.getKey();
      String name = field.getName();
      if (field.isMapField()) {
        json.set(name, map((List<?>) e.getValue()));
      } else if (field.isRepeated()) {
        ArrayNode array = json.putArray(name);
        for (Object item : (List<?>) e.getValue()) {
          array.add(value(field, item));
        }
      } else if (EMBEDDED.contains(name) && e.getValue() instanceof Message m) {
        json.setAll(message(m));
      } else {
        JsonNode value = value(field, e.getValue());
        if (!absent(name, value)) {
          json.set(name, value);
        }
      }
    }
    return json;
  }

  private static boolean absent(String name, JsonNode value) {
    boolean emptyText =
        value.isTextual() && value.asText().isEmpty() && !name.equals("storageClassName");
    boolean zero =
        (value.isNumber() && value.asLong() == 0) || (value.isBoolean() && !value.asBoolean());
    return value.isNull() || emptyText || (zero && ZERO_IS_ABSENT.contains(name));
  }

  private static ObjectNode map(List<?> entries) {
    ObjectNode json = Json.object();
    for (Object entry : entries) {
      Message m = (Message) entry;
      Descriptor type = m.getDescriptorForType();
      FieldDescriptor value = type.findFieldByName("value");
      json.set(
          String.valueOf(m.getField(type.findFieldByName("key"))), value(value, m.getField(value)));
    }
    return json;
  }

  private static JsonNode value(FieldDescriptor field, Object value) {
    return switch (value) {
      case Message m -> special(m);
      case ByteString bytes ->
          Json.MAPPER
              .getNodeFactory()
              .textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case com.google.protobuf.Descriptors.EnumValueDescriptor e ->
          throw StatusException.badRequest("field " + field.getName() + " is an enum: " + e);
      default -> Json.MAPPER.valueToTree(value);
    };
  }

  private static JsonNode special(Message m) {
    Descriptor type = m.getDescriptorForType();
    String simple = type.getName();
    return switch (simple) {
      case "Time", "MicroTime" -> time(m);
      case "Quantity" -> Json.MAPPER.getNodeFactory().textNode(text(m, "string"));
      case "IntOrString" ->
          number(m, "type") == 0
              ? Json.MAPPER.getNodeFactory().numberNode(number(m, "intVal"))
              : Json.MAPPER.getNodeFactory().textNode(text(m, "strVal"));
      case "FieldsV1", "RawExtension" -> {
        ByteString raw =
            (ByteString)
                m.getField(type.findFieldByName(simple.equals("FieldsV1") ? "Raw" : "raw"));
        yield raw.isEmpty() ? Json.MAPPER.nullNode() : Json.parse(raw.toByteArray());
      }
      case "ExtraValue" -> {
        ArrayNode items = Json.array();
        for (Object item : (List<?>) m.getField(type.findFieldByName("items"))) {
          items.add(String.valueOf(item));
        }
        yield items;
      }
      default -> message(m);
    };
  }

  private static JsonNode time(Message m) {
    long seconds = number(m, "seconds");
    return seconds == 0
        ? Json.MAPPER.nullNode()
        : Json.MAPPER
            .getNodeFactory()
            .textNode(Instant.ofEpochSecond(seconds, number(m, "nanos")).toString());
  }

  private static long number(Message m, String field) {
    return ((Number) m.getField(m.getDescriptorForType().findFieldByName(field))).longValue();
  }

  private static String text(Message m, String field) {
    return String.valueOf(m.getField(m.getDescriptorForType().findFieldByName(field)));
  }
}
