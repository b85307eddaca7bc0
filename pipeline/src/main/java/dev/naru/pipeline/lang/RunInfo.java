package dev.naru.pipeline.lang;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run knows from its start, and what must be the same when it is replayed.
 *
 * @param env variables of the run, such as BRANCH_NAME and BUILD_NUMBER
 * @param parameters values given for parameters; the others have their defaults
 * @param previous the result of the run before this one; empty on a first run
 */
public record RunInfo(
    Map<String, String> env, Map<String, String> parameters, Optional<Result> previous) {
  public RunInfo {
    env = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(env));
    parameters = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }
}
