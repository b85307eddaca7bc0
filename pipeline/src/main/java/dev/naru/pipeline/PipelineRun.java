package dev.naru.pipeline;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One run of a Jenkinsfile at a commit. Whoever creates it starts it; deleting it ends it. */
@Group("naru.dev")
@Version("v1alpha1")
@ShortNames("run")
public final class PipelineRun extends CustomResource<PipelineRunSpec, PipelineRunStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Override
  protected PipelineRunSpec initSpec() {
    return new PipelineRunSpec(null, null, null, null, null, null, null, false);
  }

  @Override
  protected @Nullable PipelineRunStatus initStatus() {
    return null;
  }
}
