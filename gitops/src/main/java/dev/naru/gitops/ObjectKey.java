package dev.naru.gitops;

import dev.naru.gitops.render.Trees;
import java.util.Map;

/**
 * Names one object.
 *
 * @param namespace empty for what lives outside namespaces
 */
record ObjectKey(String apiVersion, String kind, String namespace, String name) {
  static final String TRACKING = "argocd.argoproj.io/tracking-id";

  static ObjectKey of(Map<String, Object> body) {
    return new ObjectKey(
        Trees.text(body, "apiVersion"),
        Trees.text(body, "kind"),
        Trees.text(body, "metadata", "namespace"),
        Trees.text(body, "metadata", "name"));
  }

  static ObjectKey of(ApplicationStatus.Resource r) {
    String group = r.group() == null ? "" : r.group();
    return new ObjectKey(
        group.isEmpty() ? r.version() : group + "/" + r.version(),
        r.kind(),
        r.namespace() == null ? "" : r.namespace(),
        r.name());
  }

  String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }

  /** The same object under another version of its API is the same object. */
  boolean isSameObject(ObjectKey other) {
    return group().equals(other.group())
        && kind.equals(other.kind)
        && namespace.equals(other.namespace)
        && name.equals(other.name);
  }

  /** The annotation's value: Argo CD, "Resource tracking". */
  String trackingId(String application) {
    return application + ":" + group() + "/" + kind + ":" + namespace + "/" + name;
  }

  /** For people: {@code Deployment 'backend' in namespace 'board'}. */
  String label() {
    return kind
        + " '"
        + name
        + "'"
        + (namespace.isEmpty() ? "" : " in namespace '" + namespace + "'");
  }
}
