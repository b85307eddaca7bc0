package dev.naru.pipeline.lang;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A closure that is made of others: a method reference, a curried or composed closure. */
record FunctionValue(int parameterCount, Function<List<@Nullable Object>, @Nullable Object> body)
    implements AnyClosure {
  @Override
  public @Nullable Object call(List<@Nullable Object> args) {
    return body.apply(args);
  }

  @Override
  public boolean hasProperty(String name) {
    return name.equals("maximumNumberOfParameters");
  }

  @Override
  public @Nullable Object property(String name, Position at) {
    if (hasProperty(name)) {
      return parameterCount;
    }
    throw ScriptValue.noProperty(name, typeName(), List.of("maximumNumberOfParameters"), at);
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    throw ScriptValue.noProperty(name, typeName(), List.of(), at);
  }

  @Override
  public @Nullable Object call(String name, Arguments arguments, Position at) {
    return Functions.call(this, name, arguments.asList(), at);
  }

  @Override
  public String toString() {
    return "closure";
  }
}
