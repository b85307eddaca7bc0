package dev.naru.pipeline.lang;

import org.jspecify.annotations.Nullable;

/** Where code stands: what a name or a call means that is no local variable. */
sealed interface Frame {
  /** The file that the code is in. */
  Unit unit();

  /** Statements and methods of a file. */
  record InScript(Unit unit) implements Frame {}

  /** A method of a class; a static one has no {@code self}. */
  record InClass(ScriptClass type, @Nullable ScriptObject self) implements Frame {
    @Override
    public Unit unit() {
      return type.unit();
    }
  }

  /** A closure that runs, inside of what it was written in. */
  record InClosure(ClosureValue closure, Frame outer) implements Frame {
    @Override
    public Unit unit() {
      return outer.unit();
    }
  }

  /** What {@code this} means here. */
  default ScriptValue self() {
    return switch (this) {
      case InScript f -> f.unit();
      case InClass f -> f.self() == null ? f.type() : f.self();
      case InClosure f -> f.outer().self();
    };
  }

  /** What the owner of a closure is that is written here. */
  default Object owner() {
    return this instanceof InClosure f ? f.closure() : self();
  }
}
