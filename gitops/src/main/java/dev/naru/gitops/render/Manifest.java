package dev.naru.gitops.render;

import java.util.Map;

/**
 * One rendered object.
 *
 * @param body the object; the caller may change it
 * @param source {@code file:line} where it comes from
 */
public record Manifest(Map<String, Object> body, String source) {
  public String apiVersion() {
    return Trees.text(body, "apiVersion");
  }

  public String group() {
    int slash = apiVersion().indexOf('/');
    return slash < 0 ? "" : apiVersion().substring(0, slash);
  }

  public String version() {
    return apiVersion().substring(apiVersion().indexOf('/') + 1);
  }

  public String kind() {
    return Trees.text(body, "kind");
  }

  public String name() {
    return Trees.text(body, "metadata", "name");
  }

  public String namespace() {
    return Trees.text(body, "metadata", "namespace");
  }
}
