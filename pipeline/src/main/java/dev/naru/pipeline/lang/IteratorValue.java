package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes once over what a value held when it was asked for its iterator. */
record IteratorValue(Iterator<@Nullable Object> rest) {
  static final Methods<IteratorValue> METHODS = new Methods<>(Methods.COMMON);

  static {
    METHODS
        .add("hasNext", (i, c) -> i.rest.hasNext())
        .add("next", IteratorValue::next)
        .add("iterator", (i, c) -> i)
        .add("toList", (i, c) -> i.left());
    for (String name :
        List.of("each", "collect", "findAll", "find", "any", "every", "inject", "join", "toSet")) {
      METHODS.add(name, (i, c) -> i.gone(name, c));
    }
  }

  private @Nullable Object gone(String name, Methods.Call call) {
    List<@Nullable Object> left = left();
    Object result = CollectionMethods.LISTS.call(left, name, call);
    return result == left ? this : result;
  }

  static IteratorValue over(Object value, Methods.Call call) {
    List<@Nullable Object> held = new ArrayList<>(Operators.elements(value, call.at()));
    call.grow(held.size());
    return new IteratorValue(held.iterator());
  }

  private @Nullable Object next(Methods.Call call) {
    if (!rest.hasNext()) {
      throw call.fail("NoSuchElementException", "the iterator has no more elements");
    }
    return rest.next();
  }

  /** What is left; it is at its end then. */
  List<@Nullable Object> left() {
    List<@Nullable Object> left = new ArrayList<>();
    rest.forEachRemaining(left::add);
    return left;
  }
}
