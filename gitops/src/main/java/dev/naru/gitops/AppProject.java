package dev.naru.gitops;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;

/** Argo CD's AppProject. Accepted and kept, so that a team's files apply; it restricts nothing. */
@Group("argoproj.io")
@Version("v1alpha1")
public final class AppProject extends CustomResource<Map<String, Object>, Map<String, Object>>
    implements Namespaced {
  private static final long serialVersionUID = 1L;
}
