package dev.naru.oci;

import dev.naru.base.Digest;

/**
 * What names a blob: OCI image spec 1.1, descriptor.md.
 *
 * @param size in bytes
 */
public record Descriptor(String mediaType, Digest digest, long size) {}
