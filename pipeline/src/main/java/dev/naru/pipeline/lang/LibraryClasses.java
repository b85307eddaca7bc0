package dev.naru.pipeline.lang;

import org.jspecify.annotations.Nullable;

/**
 * What the step {@code library} gives: its classes by their full names, as in {@code
 * library('x').org.acme.Images.new(this)}.
 *
 * @param path the names so far, with a dot after each
 */
record LibraryClasses(String path, Libraries libraries, Classes classes) implements ScriptValue {
  @Override
  public boolean hasProperty(String name) {
    return true;
  }

  @Override
  public Object property(String name, Position at) {
    if (!Character.isUpperCase(name.charAt(0))) {
      return new LibraryClasses(path + name + ".", libraries, classes);
    }
    Unit holder = libraries.classHolder(name);
    ScriptClass type = holder == null ? null : classes.find(name, holder);
    if (type == null) {
      throw Thrown.Failure.of(
          "MissingPropertyException",
          "the library has no class " + path + name + Nearest.hint(name, libraries.classNames()),
          at);
    }
    return type;
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    throw ScriptValue.noProperty(name, typeName(), libraries.classNames(), at);
  }

  @Override
  public boolean hasMethod(String name) {
    return false;
  }

  @Override
  public Object call(String name, Arguments arguments, Position at) {
    throw Methods.unknown(name, typeName(), libraries.classNames(), at);
  }

  @Override
  public String typeName() {
    return "LoadedClasses";
  }

  @Override
  public boolean isA(String type) {
    return type.equals("Object");
  }

  @Override
  public String toString() {
    return typeName();
  }
}
