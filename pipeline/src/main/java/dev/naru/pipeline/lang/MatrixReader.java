package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The axes and excludes of a {@code matrix}, and the cells that they leave. */
final class MatrixReader {
  private static final int CELLS_MAX = 256;

  /** What an exclude says of one axis. */
  private record Exclude(List<String> values, boolean not) {
    boolean hits(String value) {
      return values.contains(value) != not;
    }
  }

  private final Sections sections;
  private final Map<String, List<String>> axes = new LinkedHashMap<>();
  private final List<Map<String, Exclude>> excludes = new ArrayList<>();

  MatrixReader(Sections sections) {
    this.sections = sections;
  }

  void axes(Expr.Call part) {
    List<Expr.Call> all = sections.calls(sections.body(part), "Expected an axis");
    if (all.isEmpty()) {
      sections.error(part.at(), "axes can not be empty");
    }
    for (Expr.Call axis : all) {
      if (!axis.method().equals("axis")) {
        sections.error(
            axis.at(), "Expected an axis" + Nearest.hint(axis.method(), List.of("axis")));
        continue;
      }
      Optional<String> name = Optional.empty();
      Optional<List<String>> values = Optional.empty();
      for (Expr.Call field : fields(axis, List.of("name", "values"))) {
        if (field.method().equals("name")) {
          name = name(field);
        } else {
          values = Optional.of(literals(field));
        }
      }
      if (has(axis, "name") && has(axis, "values")) {
        if (name.isPresent() && axes.putIfAbsent(name.get(), values.orElse(List.of())) != null) {
          sections.error(axis.at(), "Duplicate axis name: \"" + name.get() + "\"");
        }
      } else {
        for (String required : List.of("name", "values")) {
          if (!has(axis, required)) {
            sections.error(axis.at(), "Missing required section \"" + required + "\" of an axis");
          }
        }
      }
    }
  }

  private static boolean has(Expr.Call axis, String field) {
    return Sections.block(axis)
        .filter(
            b ->
                b.body().stream()
                    .anyMatch(
                        s ->
                            s instanceof Stmt.Do(Position at, Expr e)
                                && e instanceof Expr.Call c
                                && c.method().equals(field)))
        .isPresent();
  }

  private List<Expr.Call> fields(Expr.Call axis, List<String> known) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Expr.Call field : sections.calls(sections.body(axis), "Expected " + known)) {
      if (!known.contains(field.method())) {
        sections.error(
            field.at(),
            "Expected one of " + known + " in an axis" + Nearest.hint(field.method(), known));
      } else if (!seen.add(field.method())) {
        sections.error(field.at(), "Multiple occurrences of the " + field.method() + " section");
      } else {
        good.add(field);
      }
    }
    return good;
  }

  private Optional<String> name(Expr.Call field) {
    Optional<String> name = sections.literal(field, String.class);
    if (name.filter(n -> n.matches("[a-zA-Z_][a-zA-Z0-9_]*")).isEmpty()) {
      sections.error(
          field.at(),
          name.isEmpty()
              ? "Expected string literal as the name of an axis"
              : "\""
                  + name.get()
                  + "\" is not a valid identifier: the name of an axis is a variable");
      return Optional.empty();
    }
    return name;
  }

  private List<String> literals(Expr.Call call) {
    List<String> values = new ArrayList<>();
    if (call.args().isEmpty()) {
      sections.error(call.at(), "\"" + call.method() + "\" needs at least one value");
    }
    for (Expr.Argument a : call.args()) {
      if (a.value() instanceof Expr.Literal(Position at, Object value) && value != null) {
        if (values.contains(value.toString())) {
          sections.warning(at, "Duplicate axis value: \"" + value + "\"");
        }
        values.add(value.toString());
      } else {
        sections.error(
            a.value().at(), "Expected string literal but got " + Printer.line(a.value()));
      }
    }
    return List.copyOf(values);
  }

  void excludes(Expr.Call part) {
    List<Expr.Call> all = sections.calls(sections.body(part), "Expected an exclude");
    if (all.isEmpty()) {
      sections.error(part.at(), "excludes can not be empty");
    }
    for (Expr.Call exclude : all) {
      if (exclude.method().equals("exclude")) {
        excludes.add(exclude(exclude));
      } else {
        sections.error(
            exclude.at(),
            "Expected an exclude" + Nearest.hint(exclude.method(), List.of("exclude")));
      }
    }
  }

  private Map<String, Exclude> exclude(Expr.Call exclude) {
    Map<String, Exclude> all = new LinkedHashMap<>();
    for (Expr.Call axis : sections.calls(sections.body(exclude), "Expected an axis")) {
      Optional<String> name = Optional.empty();
      List<Exclude> said = new ArrayList<>();
      if (!axis.method().equals("axis")) {
        sections.error(
            axis.at(), "Expected an axis" + Nearest.hint(axis.method(), List.of("axis")));
        continue;
      }
      for (Expr.Call field : fields(axis, List.of("name", "values", "notValues"))) {
        switch (field.method()) {
          case "name" -> name = name(field);
          case "values" -> said.add(new Exclude(literals(field), false));
          default -> said.add(new Exclude(literals(field), true));
        }
      }
      if (said.size() != 1) {
        sections.error(
            axis.at(), "The axis of an exclude needs either \"values\" or \"notValues\"");
      } else if (!has(axis, "name")) {
        sections.error(axis.at(), "Missing required section \"name\" of an axis");
      } else if (name.isPresent()) {
        if (all.put(name.get(), said.getFirst()) != null) {
          sections.error(axis.at(), "Duplicate axis name: \"" + name.get() + "\"");
        }
        known(axis, name.get(), said.getFirst());
      }
    }
    return all;
  }

  /** An exclude that names what no axis has excludes nothing. */
  private void known(Expr.Call axis, String name, Exclude exclude) {
    List<String> values = axes.get(name);
    if (values == null) {
      if (!axes.isEmpty()) {
        sections.warning(
            axis.at(), "No axis is named \"" + name + "\"" + Nearest.hint(name, axes.keySet()));
      }
      return;
    }
    for (String value : exclude.values()) {
      if (!values.contains(value)) {
        sections.warning(
            axis.at(),
            "the axis \"" + name + "\" has no value '" + value + "', so it excludes none");
      }
    }
  }

  /** The cells that are left, each with its axes' values. */
  List<Map<String, String>> cells(Expr.Call matrix) {
    List<Map<String, String>> cells = new ArrayList<>();
    cells.add(Map.of());
    for (Map.Entry<String, List<String>> axis : axes.entrySet()) {
      List<Map<String, String>> wider = new ArrayList<>();
      for (Map<String, String> cell : cells) {
        for (String value : axis.getValue()) {
          Map<String, String> next = new LinkedHashMap<>(cell);
          next.put(axis.getKey(), value);
          wider.add(next);
        }
      }
      cells = wider;
      if (cells.size() > CELLS_MAX) {
        sections.error(matrix.at(), "a matrix of more than " + CELLS_MAX + " cells");
        return List.of();
      }
    }
    boolean any = !cells.isEmpty() && !axes.isEmpty();
    cells.removeIf(cell -> excludes.stream().anyMatch(e -> hit(e, cell)));
    if (any && cells.isEmpty()) {
      sections.warning(matrix.at(), "the excludes leave no cell of the matrix");
    }
    return cells;
  }

  private static boolean hit(Map<String, Exclude> exclude, Map<String, String> cell) {
    return !exclude.isEmpty()
        && exclude.entrySet().stream()
            .allMatch(x -> x.getValue().hits(cell.getOrDefault(x.getKey(), "")));
  }
}
