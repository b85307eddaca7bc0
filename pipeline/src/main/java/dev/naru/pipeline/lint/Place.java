package dev.naru.pipeline.lint;

import java.util.List;
import java.util.Set;

/** The kinds of blocks of a Jenkinsfile, by what may stand in them. */
enum Place {
  FILE,
  PIPELINE,
  STAGES,
  STAGE,
  MATRIX,
  AXES,
  AXIS,
  EXCLUDES,
  EXCLUDE,
  AGENT,
  AGENT_DOCKER,
  AGENT_DOCKERFILE,
  AGENT_KUBERNETES,
  AGENT_NODE,
  OPTIONS,
  STAGE_OPTIONS,
  PARAMETERS,
  TRIGGERS,
  TOOLS,
  LIBRARIES,
  ENVIRONMENT,
  INPUT,
  WHEN,
  POST,
  STEPS,
  SCRIPT;

  private static final Set<String> POSTS =
      Set.of(
          "always",
          "changed",
          "fixed",
          "regression",
          "aborted",
          "success",
          "unsuccessful",
          "unstable",
          "failure",
          "notBuilt",
          "cleanup");

  /** The kind of the innermost of the blocks whose heads are given, outermost first. */
  static Place of(List<String> heads) {
    Place place = FILE;
    for (String head : heads) {
      place = place.into(name(head));
    }
    return place;
  }

  /** The first word of a block's head; empty when it has none. */
  private static String name(String head) {
    int end = 0;
    while (end < head.length() && Character.isJavaIdentifierPart(head.charAt(end))) {
      end++;
    }
    return head.substring(0, end);
  }

  private Place into(String name) {
    return switch (this) {
      case FILE -> name.equals("pipeline") ? PIPELINE : name.equals("def") ? FILE : SCRIPT;
      case PIPELINE, STAGE, MATRIX -> section(name);
      case STAGES -> STAGE;
      case AXES -> AXIS;
      case EXCLUDES -> EXCLUDE;
      case EXCLUDE -> AXIS;
      case AGENT ->
          switch (name) {
            case "docker" -> AGENT_DOCKER;
            case "dockerfile" -> AGENT_DOCKERFILE;
            case "kubernetes" -> AGENT_KUBERNETES;
            default -> AGENT_NODE;
          };
      case INPUT -> name.equals("parameters") ? PARAMETERS : INPUT;
      case WHEN -> name.equals("expression") ? SCRIPT : WHEN;
      case POST -> POSTS.contains(name) ? STEPS : POST;
      case STEPS -> name.equals("script") ? SCRIPT : STEPS;
      default -> this;
    };
  }

  private Place section(String name) {
    return switch (name) {
      case "stages", "parallel" -> STAGES;
      case "matrix" -> MATRIX;
      case "axes" -> AXES;
      case "excludes" -> EXCLUDES;
      case "agent" -> AGENT;
      case "options" -> this == PIPELINE ? OPTIONS : STAGE_OPTIONS;
      case "parameters" -> PARAMETERS;
      case "triggers" -> TRIGGERS;
      case "tools" -> TOOLS;
      case "libraries" -> LIBRARIES;
      case "environment" -> ENVIRONMENT;
      case "input" -> INPUT;
      case "when" -> WHEN;
      case "post" -> POST;
      case "steps" -> STEPS;
      default -> this;
    };
  }
}
