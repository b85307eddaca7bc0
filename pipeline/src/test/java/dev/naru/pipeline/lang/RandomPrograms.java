package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Random;

/**
 * Makes programs of the subset whose value can be printed: whole and decimal numbers, strings,
 * lists and maps, changed by all kinds of statements. They end by themselves.
 */
final class RandomPrograms {
  private static final List<String> NUMBERS = List.of("a", "b", "c");
  private static final List<String> TEXTS = List.of("s", "t");
  private static final List<String> LISTS = List.of("l", "k");

  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private int fresh;
  private int depth;

  RandomPrograms(long seed) {
    random = new Random(seed);
  }

  /* A sum in parentheses, since Groovy takes a name in parentheses before a sign as a cast. */

  /** A program of one line a statement, whose value is that of all its variables. */
  String program() {
    out.append("def a = 3; def b = -7; def c = 12; def d = 2.50; def s = 'naru'; def t = ''\n");
    out.append("def l = [1, 2, 3]; def k = []; def m = [x: 1, y: 2]\n");
    out.append("def f = { p, q = 2 -> p * q - 1 }; def g = { it }\n");
    out.append("def calls = 0; def box = new Box(n: 2)\n");
    int statements = 3 + random.nextInt(8);
    for (int i = 0; i < statements; i++) {
      statement();
    }
    out.append("[a, b, c, d, s, t, l, k, m, f(a), g(t), calls, box.toString(), box.twice]");
    return out.toString();
  }

  private String one(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String small() {
    return String.valueOf(random.nextInt(9) - 3);
  }

  private String name() {
    return "v" + fresh++;
  }

  private String number() {
    if (++depth > 4) {
      depth--;
      return random.nextBoolean() ? one(NUMBERS) : small();
    }
    String made =
        switch (random.nextInt(37)) {
          case 0, 1 -> number() + " + " + number();
          case 2 -> number() + " - (0 + " + number() + ")";
          case 3 -> "(0 + " + number() + ") * " + small();
          case 4 -> "(0 + " + number() + ") % 5";
          case 5 -> "(0 + " + number() + ").intdiv(3)";
          case 6 -> text() + ".length()";
          case 7 -> list() + ".size()";
          case 8 -> "(" + truth() + " ? " + number() + " : " + number() + ")";
          case 9 -> "(m.x ?: " + small() + ")";
          case 10 -> "f(" + number() + ")";
          case 11 -> "f(" + number() + ", " + small() + ")";
          case 12 -> "(" + number() + " <=> " + number() + ")";
          case 13 -> list() + ".inject(0) { acc, x -> acc + (x as int) }";
          case 14 -> "(" + list() + ".find { it > " + small() + " } ?: 0)";
          case 15 -> "((0 + " + number() + ") & 15)";
          case 16 -> "((0 + " + number() + ") << 2)";
          case 17 -> "Math.max(" + number() + ", " + number() + ")";
          case 19 -> list() + ".count { it > " + small() + " }";
          case 20 -> "(" + list() + ".sum() ?: 0)";
          case 21 -> "(" + text() + " =~ /[aeiou]/).size()";
          case 22 -> list() + ".indexOf(" + number() + ")";
          case 23 -> "(" + list() + "[" + small() + " & 3] ?: " + small() + ")";
          case 24 -> "(" + list() + ".max() ?: 0)";
          case 25 -> "(" + list() + ".min { -it } ?: 0)";
          case 26 -> "sum(" + number() + ", *" + list() + ".take(3))";
          case 27 -> "box.add(" + number() + ").twice";
          case 28 -> "new Box(n: " + number() + ").with { n + twice }";
          case 29 -> "(f >> { it + 1 })(" + number() + ")";
          case 30 -> "f.curry(" + small() + ")(" + number() + ")";
          case 31 -> "deep(" + number() + ".abs() % 7)";
          case 32 -> "(" + text() + " as String).count('o')";
          case 35 -> "(box + new Box(n: " + number() + ").add(1)).n";
          case 33 -> "m.inject(0) { acc, e -> acc + (e.value as int) % 9 }";
          case 34 -> "(" + list() + ".findIndexOf { it == " + number() + " })";
          case 18 -> one(NUMBERS) + (random.nextBoolean() ? "++" : "--");
          default -> random.nextBoolean() ? one(NUMBERS) : small();
        };
    depth--;
    return made;
  }

  private String truth() {
    return switch (random.nextInt(9)) {
      case 0 -> "(" + number() + " < " + number() + ")";
      case 1 -> "(" + number() + " == " + number() + ")";
      case 2 -> "(" + text() + " == " + text() + ")";
      case 3 -> "(" + number() + " in " + one(LISTS) + ")";
      case 4 -> "!(" + one(LISTS) + ")";
      case 5 -> "(" + text() + " ==~ /[a-z]+/)";
      case 6 -> "(" + number() + " > 0 && " + text() + ")";
      case 7 -> "(m.containsKey('" + (char) ('w' + random.nextInt(4)) + "') || false)";
      default -> "(" + one(LISTS) + " instanceof List)";
    };
  }

  private String text() {
    if (++depth > 4) {
      depth--;
      return one(TEXTS);
    }
    String made =
        switch (random.nextInt(29)) {
          case 0 -> "'" + (char) ('a' + random.nextInt(26)) + "'";
          case 1 -> "(" + text() + " + " + text() + ")";
          case 2 -> "\"<${" + number() + "}>\".toString()";
          case 3 -> text() + ".toUpperCase()";
          case 4 -> text() + ".reverse()";
          case 5 -> text() + ".replace('a', 'oo')";
          case 6 -> text() + ".take(3)";
          case 7 -> "(" + text() + " * 2)";
          case 8 -> "(" + text() + " - 'r')";
          case 9 -> list() + ".join('-')";
          case 10 -> text() + ".capitalize()";
          case 11 -> "(" + text() + "?.trim() ?: 'none')";
          case 12 -> text() + ".padLeft(4, '.')";
          case 13 -> "(" + text() + " + 'xyz')[1..2]";
          case 14 -> "(" + text() + " + 'xyz')[-2..-1]";
          case 15 -> "(" + text() + " + 'xyz')[-1]";
          case 16 -> text() + ".replaceAll(/[aeiou]/) { it.toUpperCase() }";
          case 17 -> text() + ".replaceAll(/(.)a/, '$1-')";
          case 18 -> text() + ".tokenize('a').join('+')";
          case 19 -> text() + ".toList().sort().join()";
          case 20 -> "String.format('%03d', " + number() + ")";
          case 21 -> text() + ".tr('a-e', 'A-E')";
          case 22 -> "m.collect { q, v -> q + v }.join('')";
          case 23 -> list() + ".groupBy { (it as int) % 2 }.toString()";
          case 24 -> "\"${-> s}:${" + number() + "}\".toString()";
          case 25 -> "(" + text() + " + '=x').split('=')[0]";
          case 26 -> "[p: " + number() + "].toString()";
          case 27 -> text() + ".center(6, '*')";
          default -> one(TEXTS);
        };
    depth--;
    return made;
  }

  private String list() {
    if (++depth > 4) {
      depth--;
      return one(LISTS);
    }
    String made =
        switch (random.nextInt(28)) {
          case 0 -> "[" + number() + ", " + number() + "]";
          case 1 -> "(" + list() + " + [" + number() + "])";
          case 2 -> list() + ".collect { it + " + small() + " }";
          case 3 -> list() + ".findAll { it > " + small() + " }";
          case 4 -> list() + ".reverse()";
          case 5 -> list() + ".sort(false)";
          case 6 -> list() + ".take(4)";
          case 7 -> "(0..<" + random.nextInt(5) + ").collect { it * 2 }";
          case 8 -> list() + ".unique(false)";
          case 9 -> "(" + list() + " - [1])";
          case 10 -> "m.values().toList()";
          case 11 -> "[*" + one(LISTS) + ", " + number() + "]";
          case 12 -> list() + "*.plus(1)";
          case 13 -> list() + ".collectMany { [it, it + 1] }";
          case 14 -> list() + ".withIndex().collect { x, i -> x * i }";
          case 15 -> list() + ".sort(false) { -it }";
          case 16 -> list() + ".collate(2).collect { it.sum() }";
          case 17 -> "[" + list() + ", " + list() + "].transpose().collect { it[0] - it[1] }";
          case 18 -> list() + ".takeWhile { it != " + small() + " }";
          case 19 -> list() + ".dropWhile { it > " + small() + " }";
          case 20 -> list() + ".intersect(" + list() + ")";
          case 21 -> "(" + list() + " as Set).toList()";
          case 22 -> list() + ".indices.toList()";
          case 23 -> list() + ".split { it > " + small() + " }[0]";
          case 24 -> list() + ".inject([]) { acc, x -> acc << x + 1 }";
          case 25 -> list() + ".groupBy { (it as int) % 3 }.values().collect { it.size() }";
          case 26 -> "(" + list() + " ?: [9])[0..0]";
          default -> one(LISTS);
        };
    depth--;
    return made;
  }

  private void block() {
    depth++;
    out.append("{\n");
    int statements = 1 + random.nextInt(2);
    for (int i = 0; i < statements; i++) {
      statement();
    }
    out.append("}\n");
    depth--;
  }

  private void statement() {
    if (depth > 2) {
      simple();
      return;
    }
    switch (random.nextInt(17)) {
      case 0 -> {
        out.append("if (").append(truth()).append(") ");
        block();
      }
      case 1 -> {
        out.append("if (").append(truth()).append(") ");
        block();
        out.setLength(out.length() - 1);
        out.append(" else ");
        block();
      }
      case 2 -> {
        out.append("for (").append(name()).append(" in 0..").append(random.nextInt(3)).append(") ");
        block();
      }
      case 3 -> {
        String i = name();
        out.append("for (int ").append(i).append(" = 0; ").append(i).append(" < 3; ").append(i);
        out.append("++) ");
        block();
      }
      case 4 -> {
        String e = name();
        out.append("l.take(3).each { ").append(e).append(" ->\n");
        out.append("k << ").append(e).append(" + ").append(number()).append("\n");
        out.append("}\n");
      }
      case 5 -> {
        out.append("try {\nif (").append(truth()).append(") throw new RuntimeException('no')\n");
        statement();
        out.append(
            "} catch (RuntimeException e) {\nt = t.take(20) + e.message\n} finally {\nc++\n}\n");
      }
      case 6 -> {
        out.append("switch (").append(number()).append(") {\ncase 0..3:\n");
        simple();
        out.append("break\ncase { it < 0 }:\n");
        simple();
        out.append("default:\n");
        simple();
        out.append("}\n");
      }
      case 7 -> {
        out.append("g = { x -> \"${x}").append((char) ('a' + random.nextInt(5)));
        out.append("\".toString().take(12) }\n");
      }
      case 9 -> {
        String n = name();
        out.append(n).append("x: for (").append(n).append(" in [3, 1, 2]) {\n");
        out.append("for (")
            .append(n)
            .append("y in 0..2) {\nif (")
            .append(n)
            .append("y == ")
            .append(n)
            .append(") continue ")
            .append(n);
        out.append("x\nif (")
            .append(n)
            .append("y + ")
            .append(n)
            .append(" > 4) break ")
            .append(n)
            .append("x\n");
        simple();
        out.append("}\n}\n");
      }
      case 10 -> {
        out.append("m = m.collectEntries { q, v -> [(q + 1).take(4), v] }\n");
      }
      case 11 -> {
        String n = name();
        out.append("def ").append(n).append(" = { -> calls++; { x -> calls += x } }\n");
        out.append(n).append("()(").append(small()).append(")\n");
      }
      case 12 -> {
        String n = name();
        out.append("def (").append(n).append(", ").append(n).append("y) = ").append(list());
        out.append(" + [1, 2]\ncalls += (").append(n).append(" as int) % 5\n");
      }
      case 13 -> {
        out.append("m.each { q, v ->\nif (v > ")
            .append(small())
            .append(") { t = (t + q).take(20) }");
        out.append("\n}\n");
      }
      case 8 -> {
        String n = name();
        out.append("def ").append(n).append(" = 0\nwhile (").append(n).append("++ < 3) ");
        block();
      }
      default -> simple();
    }
  }

  private void simple() {
    switch (random.nextInt(14)) {
      case 0, 1 -> assign(one(NUMBERS), " = ", "(0 + " + number() + ") % 1000");
      case 2 -> assign(one(NUMBERS), " += ", small());
      case 3 -> assign("d", " = ", "((0 + " + number() + ") % 100 + 0.25) * 1.5");
      case 4 -> assign("d", " = ", "d.setScale(2, BigDecimal.ROUND_HALF_UP) + 1");
      case 5, 6 -> assign(one(TEXTS), " = ", text() + ".take(30)");
      case 7 -> assign(one(LISTS), " = ", list() + ".take(6)");
      case 8 -> assign("l", " << ", number());
      case 9 -> assign("m[" + text() + ".take(5)]", " = ", number());
      case 10 -> assign("m.x", " = ", number());
      case 11 -> assign("(a, b)", " = ", "[" + number() + " % 50, " + number() + " % 50]");
      case 12 -> assign("k", " = ", list() + ".collect { f(it) }.take(5)");
      default -> assign("m", " = ", "m.findAll { key, v -> v != " + small() + " }");
    }
  }

  private void assign(String to, String how, String what) {
    out.append(to).append(how).append(what).append('\n');
  }
}
