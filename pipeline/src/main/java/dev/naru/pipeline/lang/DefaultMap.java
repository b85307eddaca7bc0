package dev.naru.pipeline.lang;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map that keeps what its closure gives for a key that is not there. */
final class DefaultMap extends LinkedHashMap<@Nullable Object, @Nullable Object> {
  private static final long serialVersionUID = 1L;
  private final transient Values.Callable initial;
  private final int max;

  DefaultMap(Map<?, ?> map, Values.Callable initial, int max) {
    super(map);
    this.initial = initial;
    this.max = max;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    if (!containsKey(key)) {
      if (size() >= max) {
        throw new Thrown.Limit("a list or map of more than " + max + " elements");
      }
      put(Keys.of(key), initial.call(Collections.singletonList(key)));
    }
    return super.get(key);
  }
}
