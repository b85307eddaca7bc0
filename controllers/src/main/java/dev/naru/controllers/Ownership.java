package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which objects belong to a controller: those that name it as controller and match its selector.
 * One that matches without a controller is adopted, one that no longer matches is released.
 */
final class Ownership {
  private final ClusterState state;

  Ownership(ClusterState state) {
    this.state = state;
  }

  <T extends HasMetadata> List<T> claim(
      HasMetadata owner, @Nullable LabelSelector selector, Cache<T> cache) {
    List<T> owned = new ArrayList<>();
    for (T object : cache.controlledBy(owner)) {
      if (Labels.matches(selector, object.getMetadata().getLabels())) {
        owned.add(object);
      } else if (!Meta.deleting(owner) && !Meta.deleting(object)) {
        state.api.replaceOwners(
            object,
            object.getMetadata().getOwnerReferences().stream()
                .filter(reference -> !reference.getUid().equals(Meta.uid(owner)))
                .toList());
      }
    }
    if (selector == null || Meta.deleting(owner)) {
      return owned;
    }
    for (T orphan : cache.orphans(owner.getMetadata().getNamespace(), selector)) {
      if (Meta.deleting(orphan)) {
        continue;
      }
      List<OwnerReference> owners = new ArrayList<>();
      if (orphan.getMetadata().getOwnerReferences() != null) {
        owners.addAll(orphan.getMetadata().getOwnerReferences());
      }
      owners.add(Meta.controllerReference(owner));
      if (state.api.replaceOwners(orphan, owners)) {
        owned.add(orphan);
      }
    }
    return owned;
  }
}
