package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses {@code break} and {@code continue} that have nothing to leave or to go on with, as
 * Groovy's compiler does ({@code LabelVerifier}). A closure is no part of the loop around it: in
 * {@code for (…) { stage('x') { continue } }} there is no loop to go on with.
 */
final class Jumps {
  /** What is around a statement, up to its closure, method or file. */
  private record Around(boolean loop, boolean choice, Set<String> labels) {
    static final Around NOTHING = new Around(false, false, Set.of());

    Around inLoop(@Nullable String label) {
      Set<String> all = new HashSet<>(labels);
      if (label != null) {
        all.add(label);
      }
      return new Around(true, choice, all);
    }

    Around inSwitch() {
      return new Around(loop, true, labels);
    }
  }

  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private Jumps() {}

  static List<Diagnostic> check(Program program) {
    Jumps check = new Jumps();
    check.block(program.fields(), Around.NOTHING);
    program.methods().values().forEach(m -> check.block(m.body(), Around.NOTHING));
    for (Program.ClassType type : program.classes()) {
      type.constructors().forEach(m -> check.block(m.body(), Around.NOTHING));
      type.methods().forEach(m -> check.block(m.body(), Around.NOTHING));
    }
    check.block(program.body(), Around.NOTHING);
    return check.diagnostics;
  }

  private void block(List<Stmt> body, Around around) {
    body.forEach(s -> statement(s, around));
  }

  private void statement(Stmt stmt, Around around) {
    if (stmt instanceof Stmt.Break s) {
      jump("break", s.at(), s.label(), around.loop() || around.choice(), around);
    } else if (stmt instanceof Stmt.Continue s) {
      jump("continue", s.at(), s.label(), around.loop(), around);
    }
    Syntax.parts(stmt).forEach(this::expression);
    Around within =
        switch (stmt) {
          case Stmt.ForIn s -> around.inLoop(s.label());
          case Stmt.ForLoop s -> around.inLoop(s.label());
          case Stmt.While s -> around.inLoop(s.label());
          case Stmt.Switch s -> around.inSwitch();
          default -> around;
        };
    Syntax.blocks(stmt).forEach(b -> block(b, within));
  }

  private void jump(
      String word, Position at, @Nullable String label, boolean allowed, Around around) {
    if (!allowed) {
      String where = word.equals("break") ? "loops or switches" : "loops";
      diagnostics.add(Diagnostic.error(at, word + " statement is only allowed inside " + where));
    } else if (label != null && !around.labels().contains(label)) {
      diagnostics.add(Diagnostic.error(at, word + " to missing label " + label));
    }
  }

  private void expression(Expr expr) {
    if (expr instanceof Expr.Closure closure) {
      block(closure.body(), Around.NOTHING);
    }
    Syntax.parts(expr).forEach(this::expression);
  }
}
