package dev.naru.gitops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** Argo CD's Application: one folder of manifests kept in step with the cluster. */
@Group("argoproj.io")
@Version("v1alpha1")
public final class Application extends CustomResource<ApplicationSpec, ApplicationStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private transient @Nullable Operation operation;

  /** A sync that somebody asked for; removed when it is done. */
  public @Nullable Operation getOperation() {
    return operation;
  }

  public void setOperation(@Nullable Operation operation) {
    this.operation = operation;
  }

  @Override
  protected @Nullable ApplicationSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable ApplicationStatus initStatus() {
    return null;
  }
}
