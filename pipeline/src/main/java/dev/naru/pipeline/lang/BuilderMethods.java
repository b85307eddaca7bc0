package dev.naru.pipeline.lang;

/** The methods of string builders, and of the writers that scripts use in their place. */
final class BuilderMethods {
  static final Methods<StringBuilder> BUILDERS = new Methods<>(Methods.COMMON);

  static {
    BUILDERS
        .add("append", (b, c) -> append(b, c.text(0)))
        .add("leftShift", (b, c) -> append(b, c.text(0)))
        .add("write", (b, c) -> append(b, c.text(0)))
        .add("print", (b, c) -> append(b, c.text(0)))
        .add("println", (b, c) -> append(b, (c.count() == 0 ? "" : c.text(0)) + "\n"))
        .add("insert", (b, c) -> bounded(b.insert(c.number(0), c.text(1))))
        .add("deleteCharAt", (b, c) -> b.deleteCharAt(c.number(0)))
        .add("delete", (b, c) -> b.delete(c.number(0), c.number(1)))
        .add("replace", (b, c) -> bounded(b.replace(c.number(0), c.number(1), c.text(2))))
        .add("reverse", (b, c) -> b.reverse())
        .add("length", (b, c) -> b.length())
        .add("size", (b, c) -> b.length())
        .add("isEmpty", (b, c) -> b.isEmpty())
        .add("charAt", (b, c) -> b.charAt(c.number(0)))
        .add("indexOf", (b, c) -> b.indexOf(c.text(0)))
        .add("substring", (b, c) -> TextMethods.METHODS.call(b.toString(), "substring", c))
        .add("plus", (b, c) -> c.operator(BinaryOp.PLUS, b, c.arg(0)))
        .add(
            "setLength",
            (b, c) -> {
              Limits.text(c.number(0));
              b.setLength(c.number(0));
              return null;
            });
  }

  private BuilderMethods() {}

  static StringBuilder append(StringBuilder b, String text) {
    return bounded(b.append(text));
  }

  private static StringBuilder bounded(StringBuilder b) {
    Limits.text(b.length());
    return b;
  }
}
