package dev.naru.gitops.render;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A label selector as text: {@code a=b,c!=d,e in (f,g),h notin (i),j,!k}.
 *
 * <p>Source: Kubernetes documentation "Labels and Selectors".
 */
final class Selector {
  private static final Pattern SET =
      Pattern.compile("([^\\s!=,()]+)\\s+(in|notin)\\s+\\(([^()]*)\\)");
  private static final Pattern EQUAL =
      Pattern.compile("([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^\\s!=,()]*)");
  private static final Pattern EXISTS = Pattern.compile("(!?)\\s*([^\\s!=,()]+)");

  private final List<Predicate<Object>> terms;

  private Selector(List<Predicate<Object>> terms) {
    this.terms = terms;
  }

  static Selector parse(String text, String at) {
    List<Predicate<Object>> terms = new ArrayList<>();
    for (String term : text.isBlank() ? new String[0] : text.split(",(?![^(]*\\))", -1)) {
      terms.add(term(term.strip(), at));
    }
    return new Selector(terms);
  }

  private static Predicate<Object> term(String term, String at) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      List<String> values = List.of(set.group(3).strip().split("\\s*,\\s*"));
      boolean in = set.group(2).equals("in");
      String key = set.group(1);
      return labels -> {
        Object value = Trees.get(labels, key);
        return (value != null && values.contains(value.toString())) == in;
      };
    }
    Matcher equal = EQUAL.matcher(term);
    if (equal.matches()) {
      boolean same = !equal.group(2).equals("!=");
      String key = equal.group(1);
      String wanted = equal.group(3);
      return labels -> {
        Object value = Trees.get(labels, key);
        return (value != null && value.toString().equals(wanted)) == same;
      };
    }
    Matcher exists = EXISTS.matcher(term);
    if (exists.matches()) {
      boolean wanted = exists.group(1).isEmpty();
      String key = exists.group(2);
      return labels -> (Trees.get(labels, key) != null) == wanted;
    }
    throw new RenderException(at + ": '" + term + "' is not a selector");
  }

  boolean matches(@Nullable Object labels) {
    Object given = Trees.orEmpty(labels);
    return terms.stream().allMatch(t -> t.test(given));
  }
}
