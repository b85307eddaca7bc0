package dev.naru.oci;

/** When an image is fetched from its registry: Kubernetes' {@code imagePullPolicy}. */
public enum PullPolicy {
  ALWAYS,
  IF_NOT_PRESENT,
  NEVER
}
