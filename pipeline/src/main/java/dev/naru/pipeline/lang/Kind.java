package dev.naru.pipeline.lang;

import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value with the table of its methods. A property without a getter of its own is, of a
 * collection, that of each element.
 */
record Kind<T>(T value, Methods<? super T> methods) {
  private static final Methods<Boolean> LOGIC =
      new Methods<Boolean>(Methods.COMMON)
          .add("and", (b, c) -> b && Values.truth(c.arg(0)))
          .add("or", (b, c) -> b || Values.truth(c.arg(0)))
          .add("xor", (b, c) -> b ^ Values.truth(c.arg(0)))
          .add("implies", (b, c) -> !b || Values.truth(c.arg(0)))
          .add("booleanValue", (b, c) -> b);

  private static final Methods<String> LETTER =
      new Methods<String>(TextMethods.METHODS).add("inspect", (s, c) -> s);

  static Kind<?> of(Object value) {
    return switch (value) {
      case String s -> new Kind<>(s, TextMethods.METHODS);
      case Boolean b -> new Kind<>(b, LOGIC);
      case Number n -> new Kind<>(n, NumberMethods.NUMBERS);
      case Character c -> new Kind<>(c.toString(), LETTER);
      case StringBuilder b -> new Kind<>(b, BuilderMethods.BUILDERS);
      case Matcher m -> new Kind<>(m, MatchMethods.MATCHES);
      case Pattern p -> new Kind<>(p, PatternMethods.PATTERNS);
      case Map<?, ?> m -> new Kind<Map<?, ?>>(m, MapMethods.MAPS);
      case Map.Entry<?, ?> e -> new Kind<Map.Entry<?, ?>>(e, MapMethods.ENTRIES);
      case List<?> l -> new Kind<List<?>>(l, CollectionMethods.LISTS);
      case Collection<?> c -> new Kind<Collection<?>>(c, CollectionMethods.COLLECTIONS);
      case DateValue d -> new Kind<>(d, DateValue.METHODS);
      case DateValue.Format f -> new Kind<>(f, DateValue.Format.METHODS);
      case Temporal t -> new Kind<>(t, TimeMethods.TEMPORALS);
      case Duration d -> new Kind<>(d, TimeMethods.DURATIONS);
      case BytesValue b -> new Kind<>(b, BytesValue.METHODS);
      case IteratorValue i -> new Kind<>(i, IteratorValue.METHODS);
      case Random r -> new Kind<>(r, Constructors.RANDOM);
      case Constructors.JsonSlurper s -> new Kind<>(s, Constructors.SLURPER);
      case Constructors.JsonBuilder b -> new Kind<>(b, Constructors.BUILDER);
      default -> new Kind<>(value, Methods.COMMON);
    };
  }

  @Nullable Object call(String name, Methods.Call call) {
    return methods.call(value, name, call);
  }

  @Nullable Object property(String name, Members members, Methods.Call call) {
    if (value instanceof List<?> list && (name.equals("length") || name.equals("size"))) {
      return list.size();
    }
    Methods.Body<? super T> getter = methods.getter(name);
    if (getter != null) {
      return getter.call(value, call);
    }
    if (value instanceof Collection<?> all) {
      return members.spread(all, name, call.at());
    }
    throw Members.noProperty(value, name, call.at());
  }
}
