package dev.naru.pipeline.lang;

import org.jspecify.annotations.Nullable;

/**
 * A file of a run with its variables: the Jenkinsfile, or a script of a library. To a script it is
 * the object that {@code this} means outside of classes.
 *
 * @param path of a library's file in its repository; empty for the Jenkinsfile
 * @param name {@code WorkflowScript} for the Jenkinsfile, else the name of the library's script
 */
record Unit(String name, String path, Program program, Scope fields, Names names)
    implements ScriptValue {
  Frame frame() {
    return new Frame.InScript(this);
  }

  @Override
  public boolean hasProperty(String name) {
    return program.methods().containsKey(ScriptObject.getter(name))
        || names.get(frame(), name, Position.START) != Names.NONE;
  }

  @Override
  public @Nullable Object property(String name, Position at) {
    String getter = ScriptObject.getter(name);
    if (program.methods().containsKey(getter)) {
      return names.script(this, getter, Arguments.NONE, at);
    }
    Object value = names.get(frame(), name, at);
    if (value == Names.NONE) {
      throw ScriptValue.noProperty(name, typeName(), names.known(this), at);
    }
    return value;
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    fields.define(name, value);
  }

  @Override
  public boolean hasMethod(String name) {
    return names.has(frame(), name);
  }

  @Override
  public @Nullable Object call(String name, Arguments arguments, Position at) {
    return names.script(this, name, arguments, at);
  }

  @Override
  public String typeName() {
    return name;
  }

  @Override
  public boolean isA(String type) {
    return type.equals("Object") || type.equals("Script") || type.equals("CpsScript");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
