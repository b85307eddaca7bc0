package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes once over what a value holds. */
record IteratorValue(Iterator<? extends @Nullable Object> rest) {
  static final Methods<IteratorValue> METHODS = new Methods<>(Methods.COMMON);

  static {
    METHODS
        .add("hasNext", (i, c) -> i.rest.hasNext())
        .add("next", IteratorValue::next)
        .add("iterator", (i, c) -> i)
        .add("remove", (i, c) -> i.remove())
        .add("toList", (i, c) -> i.left(c.at()));
    for (String name :
        List.of("each", "collect", "findAll", "find", "any", "every", "inject", "join", "toSet")) {
      METHODS.add(name, (i, c) -> CollectionMethods.on(i, i.left(c.at()), name, c));
    }
  }

  static IteratorValue over(Object value, Methods.Call call) {
    return new IteratorValue(Operators.elements(value, call.at()).iterator());
  }

  private @Nullable Object next(Methods.Call call) {
    if (!rest.hasNext()) {
      throw call.fail("NoSuchElementException", "the iterator has no more elements");
    }
    return rest.next();
  }

  private @Nullable Object remove() {
    rest.remove();
    return null;
  }

  /** What is left; it is at its end then. */
  List<@Nullable Object> left(Position at) {
    List<@Nullable Object> left = new ArrayList<>();
    try {
      rest.forEachRemaining(left::add);
    } catch (ConcurrentModificationException e) {
      throw Thrown.Failure.of(
          "ConcurrentModificationException", "what the iterator goes over has changed", at);
    }
    return left;
  }

  // Not the JVM's, which differs from run to run.
  @Override
  public String toString() {
    return "iterator";
  }
}
