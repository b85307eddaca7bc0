package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;

/** What a closure of the script and one that is made of others have in common. */
interface AnyClosure extends Callable, ScriptValue {
  @Override
  default boolean hasMethod(String name) {
    return Functions.METHODS.contains(name);
  }

  @Override
  default String typeName() {
    return "Closure";
  }

  @Override
  default boolean isA(String type) {
    return type.equals("Closure") || type.equals("Runnable") || type.equals("Object");
  }
}
