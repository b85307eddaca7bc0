package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Program.ClassKind;
import dev.naru.pipeline.lang.Program.ClassType;
import dev.naru.pipeline.lang.Program.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A class of a script in one run, with its static variables. */
final class ScriptClass implements ScriptValue {
  private final ClassType type;
  private final Unit unit;
  private final @Nullable ScriptClass parent;
  private final Invocation invocation;
  private final Map<String, @Nullable Object> statics = new LinkedHashMap<>();
  private final List<ScriptObject> constants = new ArrayList<>();

  ScriptClass(ClassType type, Unit unit, @Nullable ScriptClass parent, Invocation invocation) {
    this.type = type;
    this.unit = unit;
    this.parent = parent;
    this.invocation = invocation;
  }

  /** Makes the constants and static variables; the class is already known by its name. */
  void start() {
    for (Program.Constant constant : type.constants()) {
      ScriptObject object = new ScriptObject(this, invocation);
      object.name(constant.name(), constants.size());
      constants.add(object);
      statics.put(constant.name(), object);
    }
    for (int i = 0; i < constants.size(); i++) {
      Program.Constant constant = type.constants().get(i);
      invocation.initialize(constants.get(i), constant.args(), staticFrame(), constant.at());
    }
    for (Program.Field field : type.fields()) {
      if (field.isStatic()) {
        statics.put(field.name(), invocation.initial(field, staticFrame()));
      }
    }
  }

  Frame staticFrame() {
    return new Frame.InClass(this, null);
  }

  ClassType type() {
    return type;
  }

  Unit unit() {
    return unit;
  }

  @Nullable ScriptClass parent() {
    return parent;
  }

  boolean isEnum() {
    return type.kind() == ClassKind.ENUM;
  }

  /** The known exception class at the root, when it is an exception. */
  boolean isException() {
    return parent != null ? parent.isException() : ExceptionTypes.isKnown(type.parent());
  }

  /** Methods of this name, of this class before those of the classes above it. */
  List<Method> methods(String name, boolean onlyStatic) {
    List<Method> all = new ArrayList<>();
    for (ScriptClass at = this; at != null; at = at.parent) {
      for (Method m : at.type.methods()) {
        if (m.name().equals(name) && !m.isAbstract() && (m.isStatic() || !onlyStatic)) {
          all.add(m);
        }
      }
    }
    return all;
  }

  /** The class of this one's ancestry that declares {@code method}. */
  ScriptClass declaring(Method method) {
    for (ScriptClass at = this; at != null; at = at.parent) {
      for (Method m : at.type.methods()) {
        if (m.equals(method)) {
          return at;
        }
      }
    }
    return this;
  }

  /** The declared variable of an object, of this class or one above it. */
  Program.@Nullable Field field(String name) {
    for (ScriptClass at = this; at != null; at = at.parent) {
      for (Program.Field field : at.type.fields()) {
        if (!field.isStatic() && field.name().equals(name)) {
          return field;
        }
      }
    }
    return null;
  }

  Set<String> memberNames() {
    Set<String> names = new TreeSet<>();
    for (ScriptClass at = this; at != null; at = at.parent) {
      at.type.fields().forEach(f -> names.add(f.name()));
      at.type.methods().forEach(m -> names.add(m.name()));
      names.addAll(at.statics.keySet());
    }
    return names;
  }

  /** The class whose static variable {@code name} is, from here upwards. */
  @Nullable ScriptClass holder(String name) {
    for (ScriptClass at = this; at != null; at = at.parent) {
      if (at.statics.containsKey(name)) {
        return at;
      }
    }
    return null;
  }

  @Nullable Object getStatic(String name) {
    return statics.get(name);
  }

  void setStatic(String name, @Nullable Object value) {
    statics.put(name, value);
  }

  @Override
  public boolean hasProperty(String name) {
    return holder(name) != null || !methods(ScriptObject.getter(name), true).isEmpty();
  }

  @Override
  public @Nullable Object property(String name, Position at) {
    List<Method> getters = methods(ScriptObject.getter(name), true);
    if (!getters.isEmpty()) {
      return call(ScriptObject.getter(name), Arguments.NONE, at);
    }
    ScriptClass holder = holder(name);
    if (holder != null) {
      return holder.statics.get(name);
    }
    return switch (name) {
      case "simpleName", "name" -> typeName(true);
      default -> throw ScriptValue.noProperty(name, typeName(true), memberNames(), at);
    };
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    ScriptClass holder = holder(name);
    if (holder == null) {
      throw ScriptValue.noProperty(name, typeName(true), memberNames(), at);
    }
    if (holder.type.fields().stream().noneMatch(f -> f.name().equals(name) && !f.isFinal())) {
      throw Thrown.Failure.of(
          "ReadOnlyPropertyException",
          "Cannot set readonly property: " + name + " for class: " + typeName(true),
          at);
    }
    holder.statics.put(name, value);
  }

  @Override
  public boolean hasMethod(String name) {
    return !methods(name, true).isEmpty()
        || (isEnum() && (name.equals("values") || name.equals("valueOf")));
  }

  @Override
  public @Nullable Object call(String name, Arguments arguments, Position at) {
    List<Method> candidates = methods(name, true);
    if (!candidates.isEmpty()) {
      Method method = invocation.choose(typeName(true), candidates, arguments.asList(), unit, at);
      return invocation.method(
          method, new Frame.InClass(declaring(method), null), arguments.asList());
    }
    if (isEnum() && name.equals("values")) {
      return new ArrayList<>(constants);
    }
    if (isEnum() && name.equals("valueOf")) {
      return constant(Values.text(arguments.asList().getFirst()), at);
    }
    if (statics.get(name) instanceof Values.Callable callable) {
      return callable.call(arguments.asList());
    }
    if (name.startsWith("get") && name.length() > 3 && arguments.asList().isEmpty()) {
      String property = ScriptObject.property(name);
      if (holder(property) != null) {
        return property(property, at);
      }
    }
    if (name.equals("toString")) {
      return toString();
    }
    if (name.equals("newInstance") || name.equals("new")) {
      return invocation.construct(this, arguments, at);
    }
    throw Methods.unknown(name, typeName(true), memberNames(), at);
  }

  /** The constant that is called {@code name}. */
  ScriptObject constant(String name, Position at) {
    return constants.stream()
        .filter(c -> c.constantName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Thrown.Failure.of(
                    "IllegalArgumentException",
                    "No enum constant " + typeName(true) + "." + name,
                    at));
  }

  String typeName(boolean own) {
    return own ? type.name() : "Class";
  }

  @Override
  public String typeName() {
    return "Class";
  }

  @Override
  public boolean isA(String wanted) {
    return wanted.equals("Class") || wanted.equals("Object");
  }

  /** Whether objects of this class are of the class or interface {@code wanted}. */
  boolean extendsType(String wanted) {
    for (ScriptClass at = this; at != null; at = at.parent) {
      if (at.type.name().equals(wanted) || at.type.interfaces().contains(wanted)) {
        return true;
      }
      if (at.parent == null && ExceptionTypes.isKnown(at.type.parent())) {
        return ExceptionTypes.isA(at.type.parent(), wanted);
      }
    }
    return wanted.equals("Object")
        || (isEnum() && (wanted.equals("Enum") || wanted.equals("Comparable")));
  }

  @Override
  public String toString() {
    return "class " + type.name();
  }
}
