package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The steps that a run knows, for editors. */
public final class KnownSteps {
  private KnownSteps() {}

  public static List<String> names() {
    return List.copyOf(StepCatalog.names());
  }

  /** How a step is called: its parameters, optional ones in brackets; empty for an unknown one. */
  public static Optional<String> signature(String name) {
    return StepCatalog.find(name)
        .map(
            step ->
                step.parameters().stream()
                    .map(p -> p.required() ? p.name() : "[" + p.name() + "]")
                    .collect(Collectors.joining(", ", name + "(", step.block() ? ") { … }" : ")")));
  }
}
