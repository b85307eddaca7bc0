package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A string with closures in it, <code>"${-> x}"</code>: they are called each time that its text is
 * asked for. It moves as it is; what works on it gets its text.
 *
 * @param parts strings, and closures that take nothing or what they write to
 */
record LazyText(List<Object> parts) implements CharSequence {
  /** {@code value}, or its text when it is a lazy one. */
  static @Nullable Object plain(@Nullable Object value) {
    return value instanceof LazyText lazy ? lazy.toString() : value;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      switch (part) {
        case Callable closure when closure.parameterCount() == 1 -> closure.call(List.of(text));
        case Callable closure -> text.append(Values.text(closure.call(List.of())));
        default -> text.append(Values.text(part));
      }
      Limits.text(text.length());
    }
    return text.toString();
  }

  @Override
  public int length() {
    return toString().length();
  }

  @Override
  public char charAt(int index) {
    return toString().charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return toString().substring(start, end);
  }
}
