package dev.naru.pipeline.lang;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map that keeps what its closure gives for a key that is not there. */
final class DefaultMap extends LinkedHashMap<@Nullable Object, @Nullable Object> {
  private static final long serialVersionUID = 1L;
  private final transient Values.Callable initial;

  DefaultMap(Map<?, ?> map, Values.Callable initial) {
    super(map);
    this.initial = initial;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    if (!containsKey(key)) {
      Limits.elements(size() + 1L);
      put(Keys.of(key), initial.call(Collections.singletonList(key)));
    }
    return super.get(key);
  }
}
