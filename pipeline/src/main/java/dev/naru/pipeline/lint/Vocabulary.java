package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.KnownSteps;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What may stand in each kind of block, and what it means. */
final class Vocabulary {
  /** The documentation of a word, and what is typed when it is chosen. */
  record Word(String name, String documentation, String insert) {}

  private static final Map<Place, Map<String, Word>> WORDS = new EnumMap<>(Place.class);

  static {
    add(Place.FILE, Words.FILE);
    add(Place.PIPELINE, Words.PIPELINE);
    add(Place.PIPELINE, Words.SHARED);
    add(Place.STAGES, Words.STAGES);
    add(Place.STAGE, Words.STAGE);
    add(Place.STAGE, Words.SHARED);
    add(Place.MATRIX, Words.MATRIX);
    add(Place.MATRIX, Words.SHARED);
    add(Place.AXES, "axis {} One dimension of the matrix: a name and its values.");
    add(Place.AXIS, Words.AXIS);
    add(Place.EXCLUDES, "exclude {} Cells that are left out: those that match all of its axes.");
    add(Place.EXCLUDE, "axis {} The axis and the values by which cells are left out.");
    add(Place.AGENT, Words.AGENT);
    add(Place.AGENT_DOCKER, Words.AGENT_DOCKER);
    add(Place.AGENT_DOCKERFILE, Words.AGENT_DOCKERFILE);
    add(Place.AGENT_KUBERNETES, Words.AGENT_KUBERNETES);
    add(Place.AGENT_NODE, Words.AGENT_NODE);
    add(Place.OPTIONS, Words.OPTIONS);
    add(Place.OPTIONS, Words.SHARED_OPTIONS);
    add(Place.STAGE_OPTIONS, Words.SHARED_OPTIONS);
    add(Place.PARAMETERS, Words.PARAMETERS);
    add(Place.TRIGGERS, Words.TRIGGERS);
    add(Place.TOOLS, Words.TOOLS);
    add(Place.LIBRARIES, "lib () Loads a shared library: lib('name@version').");
    add(Place.ENVIRONMENT, Words.ENVIRONMENT);
    add(Place.INPUT, Words.INPUT);
    add(Place.WHEN, Words.WHEN);
    add(Place.POST, Words.POST);
    for (Place place : new Place[] {Place.STEPS, Place.SCRIPT}) {
      add(place, Words.STEPS);
      steps(words(place));
    }
    words(Place.STEPS).keySet().removeIf(n -> n.equals("stage") || n.equals("properties"));
    add(Place.SCRIPT, Words.SCRIPT);
  }

  private Vocabulary() {}

  private static Map<String, Word> words(Place place) {
    return WORDS.computeIfAbsent(place, p -> new LinkedHashMap<>());
  }

  static Map<String, Word> of(Place place) {
    return Map.copyOf(words(place));
  }

  /** Each line is a name, how it is typed ({@code {}}, {@code ()} or {@code =}), and its text. */
  private static void add(Place place, String lines) {
    for (String line : lines.split("\n", -1)) {
      String[] parts = line.strip().split(" ", 3);
      if (parts.length == 3) {
        String insert =
            switch (parts[1]) {
              case "{}" -> " {\n}";
              case "()" -> "()";
              default -> " ";
            };
        words(place)
            .put(parts[0], new Word(parts[0], parts[2], (parts[0] + insert).stripTrailing()));
      }
    }
  }

  /** The known steps: their text, if there is one, after how they are called. */
  private static void steps(Map<String, Word> words) {
    for (String name : KnownSteps.names()) {
      String signature = KnownSteps.signature(name).orElse(name);
      Word word = words.get(name);
      String text = word == null ? "A step of Jenkins." : word.documentation();
      words.put(name, new Word(name, "`" + signature + "`\n\n" + text, name));
    }
  }
}
