package dev.naru.gitops;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field {@code operation} of an Application: a sync asked for by hand. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Operation(@Nullable Sync sync, @Nullable Map<String, Object> initiatedBy) {
  /**
   * What to sync.
   *
   * @param revision only the current one can be asked for; empty is the current one
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Sync(@Nullable String revision, boolean prune) {}
}
