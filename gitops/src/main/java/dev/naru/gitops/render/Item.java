package dev.naru.gitops.render;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** One object while it is being rendered. */
final class Item {
  private final Map<String, Object> body;
  private final String source;
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> namespaces = new LinkedHashSet<>();
  private boolean hashed;

  Item(Map<String, Object> body, String source) {
    this.body = body;
    this.source = source;
    names.add(name());
    namespaces.add(namespace());
  }

  Map<String, Object> body() {
    return body;
  }

  /** {@code file:line}. */
  String source() {
    return source;
  }

  String kind() {
    return Trees.text(body, "kind");
  }

  String apiVersion() {
    return Trees.text(body, "apiVersion");
  }

  String group() {
    int slash = apiVersion().indexOf('/');
    return slash < 0 ? "" : apiVersion().substring(0, slash);
  }

  String name() {
    return Trees.text(body, "metadata", "name");
  }

  String namespace() {
    return Trees.text(body, "metadata", "namespace");
  }

  /** Renames it; references by any earlier name follow. */
  void rename(String name) {
    Trees.make(body, "metadata").put("name", name);
    names.add(name);
  }

  void moveTo(String namespace) {
    Trees.make(body, "metadata").put("namespace", namespace);
    namespaces.add(namespace);
  }

  /** Whether {@code name} is, or was on the way, its name. */
  boolean wasNamed(String name) {
    return names.contains(name);
  }

  boolean wasNamedLike(Pattern pattern) {
    return names.stream().anyMatch(n -> pattern.matcher(n).matches());
  }

  boolean wasIn(String namespace) {
    return namespaces.contains(namespace);
  }

  boolean isNamespaced() {
    return !ClusterKinds.has(group(), kind());
  }

  boolean hashed() {
    return hashed;
  }

  /** Whether the name gets the hash of the content at the end. */
  void hashed(boolean wanted) {
    hashed = wanted;
  }

  String label() {
    return kind() + " '" + name() + "'";
  }
}
