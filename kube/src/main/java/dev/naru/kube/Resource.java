package dev.naru.kube;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One kind at one version, as it is served.
 *
 * @param table where its objects are stored; two versions (or the two event groups) share one
 * @param storedVersion the {@code apiVersion} that objects are stored at
 * @param subresources such as {@code status}, {@code scale}
 * @param generation whether {@code metadata.generation} counts changes of the desired state
 * @param scale the paths of the scale subresource
 * @param columns of the printed table, for custom kinds
 * @param model the client's class, for built-in kinds
 */
record Resource(
    String group,
    String version,
    String kind,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    Set<String> subresources,
    boolean generation,
    Schema schema,
    Table table,
    String storedVersion,
    Optional<ScalePaths> scale,
    List<Column> columns,
    @Nullable Class<?> model) {

  /** Where objects are stored: named by the group and plural that own it. */
  record Table(String group, String plural) {
    String id() {
      return group.isEmpty() ? plural : plural + "." + group;
    }
  }

  record ScalePaths(String spec, String status, String selector) {}

  record Column(
      String name, String type, String format, String description, int priority, String jsonPath) {}

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** As in messages: {@code deployments.apps}. */
  String groupResource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  boolean custom() {
    return model == null;
  }

  boolean has(String subresource) {
    return subresources.contains(subresource);
  }

  String listKind() {
    return kind + "List";
  }
}
