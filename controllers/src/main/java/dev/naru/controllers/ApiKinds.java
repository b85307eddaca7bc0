package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.List;

/** The kinds that the API offers at the moment, each in its group's preferred version. */
final class ApiKinds {
  /**
   * @param apiVersion {@code v1} or {@code <group>/<version>}
   */
  record Kind(String apiVersion, String kind, String plural, boolean namespaced) {
    /** What events are about is older than they: they own nothing and are owned by nobody. */
    boolean event() {
      return kind.equals("Event");
    }

    ResourceDefinitionContext context() {
      int slash = apiVersion.indexOf('/');
      return new ResourceDefinitionContext.Builder()
          .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
          .withVersion(apiVersion.substring(slash + 1))
          .withKind(kind)
          .withPlural(plural)
          .withNamespaced(namespaced)
          .build();
    }

    @Override
    public String toString() {
      return apiVersion + "/" + plural;
    }
  }

  private ApiKinds() {}

  /** Every kind whose objects can be listed, watched and deleted. */
  static List<Kind> discover(KubernetesClient client) {
    List<Kind> kinds = new ArrayList<>(of(client, "v1"));
    for (APIGroup group : client.getApiGroups().getGroups()) {
      kinds.addAll(of(client, group.getPreferredVersion().getGroupVersion()));
    }
    return kinds;
  }

  private static List<Kind> of(KubernetesClient client, String apiVersion) {
    APIResourceList list = client.getApiResources(apiVersion);
    List<APIResource> resources = list == null ? List.of() : list.getResources();
    return resources.stream()
        .filter(resource -> !resource.getName().contains("/"))
        .filter(resource -> resource.getVerbs().containsAll(List.of("list", "watch", "delete")))
        .map(
            resource ->
                new Kind(
                    apiVersion,
                    resource.getKind(),
                    resource.getName(),
                    Boolean.TRUE.equals(resource.getNamespaced())))
        .toList();
  }
}
