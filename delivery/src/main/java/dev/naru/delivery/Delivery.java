package dev.naru.delivery;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** The way of one pushed commit to live. Made for each push; its status is a pure record. */
@Group("naru.dev")
@Version("v1alpha1")
@Plural("deliveries")
public final class Delivery extends CustomResource<DeliverySpec, DeliveryStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Override
  protected @Nullable DeliverySpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable DeliveryStatus initStatus() {
    return null;
  }
}
