package dev.naru.git;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * A hosted Git repository. Creating the resource creates the repository; deleting it stops serving
 * it and leaves its files, so that declaring it again brings it back.
 */
@Group("naru.dev")
@Version("v1alpha1")
public final class Repository extends CustomResource<RepositorySpec, RepositoryStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Override
  protected RepositorySpec initSpec() {
    return RepositorySpec.DEFAULT;
  }

  @Override
  protected @Nullable RepositoryStatus initStatus() {
    return null;
  }
}
