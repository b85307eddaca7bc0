package dev.naru.pipeline.lang;

import org.jspecify.annotations.Nullable;

/** A value whose members come from script code or belong to the interpreter's own structure. */
interface ScriptValue {
  boolean hasProperty(String name);

  @Nullable Object property(String name, Position at);

  void setProperty(String name, @Nullable Object value, Position at);

  boolean hasMethod(String name);

  @Nullable Object call(String name, Arguments arguments, Position at);

  /** The simple name of its class. */
  String typeName();

  /** Whether it is an instance of the class or interface {@code type}. */
  boolean isA(String type);

  static Thrown noProperty(
      String name, String type, java.util.Collection<String> known, Position at) {
    return Thrown.Failure.of(
        "MissingPropertyException",
        "No such property: " + name + " for class: " + type + Nearest.hint(name, known),
        at);
  }
}
