package dev.naru.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The manifest of one image for one platform: OCI image spec 1.1, manifest.md. Docker's V2.2 form
 * is read too.
 *
 * @param layers lowest first
 */
public record Manifest(Descriptor config, List<Descriptor> layers) {
  /** No manifest is larger: distribution spec 1.1, "Pushing Manifests", asks for at least this. */
  public static final int SIZE_MAX = 4 << 20;

  private static final int LAYERS_MAX = 500;

  public Manifest {
    layers = List.copyOf(layers);
  }

  /**
   * @throws OciException {@code OCI_MANIFEST_INVALID}
   */
  public static Manifest parse(byte[] bytes) {
    JsonNode node = Json.parse(bytes, "image manifest");
    if (!node.path("config").isObject() || !node.path("layers").isArray()) {
      throw Json.invalid("image manifest", "it has no config or no layers");
    }
    List<Descriptor> layers = new ArrayList<>();
    node.path("layers").forEach(l -> layers.add(Json.descriptor(l, "image manifest")));
    if (layers.size() > LAYERS_MAX) {
      throw Json.invalid("image manifest", "it has more than " + LAYERS_MAX + " layers");
    }
    return new Manifest(Json.descriptor(node.path("config"), "image manifest"), layers);
  }

  /** The OCI form; equal manifests give equal bytes. */
  public byte[] toJson() {
    ObjectNode node = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.MANIFEST);
    node.set("config", Json.descriptor(config));
    ArrayNode array = node.putArray("layers");
    layers.forEach(l -> array.add(Json.descriptor(l)));
    return Json.bytes(node);
  }
}
