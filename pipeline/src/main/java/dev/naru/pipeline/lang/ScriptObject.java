package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Program.Method;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a class of a script. Equality, order, hash and text are those that the class
 * defines, so that collections of objects behave as in Groovy.
 */
final class ScriptObject implements ScriptValue, Comparable<ScriptObject> {
  private static final Set<String> EXCEPTION =
      Set.of("message", "localizedMessage", "cause", "stackTrace");

  private final ScriptClass type;
  private final Invocation invocation;
  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
  // The same in a replay, unlike an identity of the JVM.
  private final int id;
  private String constantName = "";
  private int ordinal;
  private @Nullable Object message;
  private @Nullable Object cause;

  ScriptObject(ScriptClass type, Invocation invocation) {
    this.type = type;
    this.invocation = invocation;
    this.id = invocation.nextId();
  }

  static String getter(String property) {
    return "get" + capitalized(property);
  }

  private static String capitalized(String property) {
    return property.isEmpty()
        ? ""
        : Character.toUpperCase(property.charAt(0)) + property.substring(1);
  }

  /** The property that {@code getX} or {@code setX} is about. */
  static String property(String accessor) {
    return Character.toLowerCase(accessor.charAt(3)) + accessor.substring(4);
  }

  void name(String constant, int index) {
    constantName = constant;
    ordinal = index;
  }

  String constantName() {
    return constantName;
  }

  ScriptClass type() {
    return type;
  }

  /** What an exception's own constructor gets. */
  void describe(@Nullable Object text, @Nullable Object wrapped) {
    message = text;
    cause = wrapped;
  }

  @Nullable String message() {
    return message == null ? null : Values.text(message);
  }

  @Nullable Object cause() {
    return cause;
  }

  boolean hasField(String name) {
    return fields.containsKey(name);
  }

  @Nullable Object field(String name) {
    return fields.get(name);
  }

  void setField(String name, @Nullable Object value) {
    fields.put(name, value);
  }

  private boolean defines(String method) {
    return !type.methods(method, false).isEmpty();
  }

  @Override
  public boolean hasProperty(String name) {
    return fields.containsKey(name)
        || defines(getter(name))
        || defines("is" + capitalized(name))
        || type.hasProperty(name)
        || (type.isException() && EXCEPTION.contains(name));
  }

  @Override
  public @Nullable Object property(String name, Position at) {
    if (defines(getter(name))) {
      return invoke(getter(name), List.of(), at);
    }
    if (fields.containsKey(name)) {
      return fields.get(name);
    }
    if (defines("is" + capitalized(name))) {
      return invoke("is" + capitalized(name), List.of(), at);
    }
    if (type.hasProperty(name)) {
      return type.property(name, at);
    }
    if (type.isException()) {
      switch (name) {
        case "message", "localizedMessage" -> {
          return message;
        }
        case "cause" -> {
          return cause;
        }
        case "stackTrace" -> {
          return new java.util.ArrayList<>();
        }
        default -> {}
      }
    }
    if (defines("propertyMissing")) {
      return invoke("propertyMissing", List.of(name), at);
    }
    throw ScriptValue.noProperty(name, typeName(), known(), at);
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    String setter = "set" + capitalized(name);
    if (defines(setter)) {
      invoke(setter, Collections.singletonList(value), at);
    } else if (fields.containsKey(name)) {
      assign(name, value, at);
    } else if (type.holder(name) != null) {
      type.setProperty(name, value, at);
    } else {
      throw ScriptValue.noProperty(name, typeName(), known(), at);
    }
  }

  /** Sets a variable without its setter, as the class's own code does. */
  void assign(String name, @Nullable Object value, Position at) {
    Program.Field field = type.field(name);
    fields.put(
        name, field == null ? value : invocation.coerce(field.type(), value, type.unit(), at));
  }

  private Set<String> known() {
    Set<String> names = type.memberNames();
    if (type.isEnum()) {
      names.addAll(List.of("name", "ordinal"));
    }
    names.addAll(List.of("toString", "equals", "hashCode"));
    return names;
  }

  @Override
  public boolean hasMethod(String name) {
    return defines(name)
        || type.hasMethod(name)
        || fields.get(name) instanceof Values.Callable
        || (accessor(name, "get") && hasProperty(property(name)))
        || (accessor(name, "set") && fields.containsKey(property(name)));
  }

  private static boolean accessor(String name, String prefix) {
    return name.startsWith(prefix) && name.length() > 3;
  }

  /** Calls a method that the class defines. */
  @Nullable Object invoke(String name, List<@Nullable Object> args, Position at) {
    Method method = invocation.choose(typeName(), type.methods(name, false), args, type.unit(), at);
    ScriptClass declaring = type.declaring(method);
    return invocation.method(
        method, new Frame.InClass(declaring, method.isStatic() ? null : this), args);
  }

  @Override
  public @Nullable Object call(String name, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    if (defines(name)) {
      return invoke(name, args, at);
    }
    if (fields.get(name) instanceof Values.Callable callable) {
      return callable.call(args);
    }
    if (accessor(name, "get") && args.isEmpty() && hasProperty(property(name))) {
      return property(property(name), at);
    }
    if (accessor(name, "set") && args.size() == 1 && fields.containsKey(property(name))) {
      assign(property(name), args.getFirst(), at);
      return null;
    }
    if (type.hasMethod(name)) {
      return type.call(name, arguments, at);
    }
    if (type.isEnum()) {
      switch (name) {
        case "name" -> {
          return constantName;
        }
        case "ordinal" -> {
          return ordinal;
        }
        default -> {}
      }
    }
    return switch (name) {
      case "toString" -> toString();
      case "equals" -> !args.isEmpty() && equals(args.getFirst());
      case "is" -> !args.isEmpty() && this == args.getFirst();
      case "hashCode" -> hashCode();
      case "asBoolean" -> true;
      case "compareTo" -> compared(args, at);
      case "printStackTrace" -> null;
      default -> {
        if (defines("methodMissing")) {
          yield invoke("methodMissing", List.of(name, args), at);
        }
        throw Methods.unknown(name, typeName(), known(), at);
      }
    };
  }

  private int compared(List<@Nullable Object> args, Position at) {
    Object other = args.isEmpty() ? null : args.getFirst();
    if (other == null) {
      throw Thrown.Failure.of("NullPointerException", "compareTo() needs an object", at);
    }
    return compareWith(other);
  }

  @Override
  public String typeName() {
    return type.typeName(true);
  }

  @Override
  public boolean isA(String wanted) {
    return type.extendsType(wanted);
  }

  @Override
  public int compareTo(ScriptObject other) {
    return compareWith(other);
  }

  /** Less than 0, 0 or more than 0, as the class's {@code compareTo} or an enum's order says. */
  int compareWith(Object other) {
    Position at = type.type().at();
    if (defines("compareTo")) {
      return invoke("compareTo", List.of(other), at) instanceof Number n ? n.intValue() : 0;
    }
    if (type.isEnum() && other instanceof ScriptObject o && o.type == type) {
      return Integer.compare(ordinal, o.ordinal);
    }
    throw Thrown.Failure.of(
        "IllegalArgumentException",
        "Cannot compare " + typeName() + " with " + Values.typeName(other),
        at);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    return other != null
        && defines("equals")
        && Values.truth(invoke("equals", List.of(other), type.type().at()));
  }

  @Override
  public int hashCode() {
    if (defines("hashCode")) {
      return invoke("hashCode", List.of(), type.type().at()) instanceof Number n ? n.intValue() : 0;
    }
    return defines("equals") ? typeName().hashCode() : id;
  }

  @Override
  public String toString() {
    if (defines("toString")) {
      return Values.text(invoke("toString", List.of(), type.type().at()));
    }
    if (type.isEnum()) {
      return constantName;
    }
    if (type.isException()) {
      return message == null ? typeName() : typeName() + ": " + Values.text(message);
    }
    return typeName() + "@" + Integer.toHexString(id);
  }
}
