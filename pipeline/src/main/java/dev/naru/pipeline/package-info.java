/**
 * Runs Jenkinsfiles: each resource of kind {@link dev.naru.pipeline.PipelineRun} in an agent pod,
 * step by step through the pod's exec, journaled so that a run goes on after Naru was killed.
 */
@NullMarked
package dev.naru.pipeline;

import org.jspecify.annotations.NullMarked;
