package dev.naru.oci;

import java.util.List;

/** Media types of images: OCI image spec 1.1, media-types.md, and Docker's image manifest V2.2. */
public final class MediaTypes {
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String LAYER_TAR = "application/vnd.oci.image.layer.v1.tar";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_INDEX =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** All kinds of manifest that are understood. */
  public static final List<String> MANIFESTS =
      List.of(MANIFEST, DOCKER_MANIFEST, INDEX, DOCKER_INDEX);

  private MediaTypes() {}
}
