package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exception classes that scripts can name: their packages and what they extend. */
final class ExceptionTypes {
  private record Known(String packageName, String parent) {}

  private static final Map<String, Known> TYPES = new LinkedHashMap<>();

  static {
    in("java.lang", "", "Throwable");
    in("java.lang", "Throwable", "Exception", "Error");
    in(
        "java.lang",
        "Exception",
        "RuntimeException",
        "InterruptedException",
        "CloneNotSupportedException",
        "ReflectiveOperationException");
    in("java.lang", "ReflectiveOperationException", "ClassNotFoundException");
    in("java.lang", "Error", "AssertionError", "LinkageError");
    in("java.lang", "LinkageError", "NoSuchMethodError");
    in(
        "java.lang",
        "RuntimeException",
        "IllegalArgumentException",
        "IllegalStateException",
        "NullPointerException",
        "ClassCastException",
        "IndexOutOfBoundsException",
        "ArithmeticException",
        "UnsupportedOperationException",
        "SecurityException",
        "NegativeArraySizeException");
    in("java.lang", "IllegalArgumentException", "NumberFormatException");
    in(
        "java.lang",
        "IndexOutOfBoundsException",
        "ArrayIndexOutOfBoundsException",
        "StringIndexOutOfBoundsException");
    in("java.io", "Exception", "IOException");
    in("java.io", "IOException", "FileNotFoundException", "EOFException");
    in("java.io", "RuntimeException", "UncheckedIOException");
    in(
        "java.net",
        "IOException",
        "UnknownHostException",
        "SocketException",
        "MalformedURLException");
    in("java.net", "SocketException", "ConnectException");
    in("java.text", "Exception", "ParseException");
    in(
        "java.util",
        "RuntimeException",
        "NoSuchElementException",
        "ConcurrentModificationException",
        "EmptyStackException",
        "MissingResourceException");
    in("java.util", "NoSuchElementException", "InputMismatchException");
    in("java.util", "IllegalArgumentException", "IllegalFormatException");
    in("java.util.regex", "IllegalArgumentException", "PatternSyntaxException");
    in("java.util.concurrent", "Exception", "TimeoutException", "ExecutionException");
    in("java.time", "RuntimeException", "DateTimeException");
    in("java.time.format", "DateTimeException", "DateTimeParseException");
    in("hudson", "IOException", "AbortException");
    in("org.jenkinsci.plugins.workflow.steps", "InterruptedException", "FlowInterruptedException");
    in(
        "org.jenkinsci.plugins.scriptsecurity.sandbox",
        "SecurityException",
        "RejectedAccessException");
    in("groovy.lang", "RuntimeException", "GroovyRuntimeException");
    in(
        "groovy.lang",
        "GroovyRuntimeException",
        "MissingPropertyException",
        "MissingMethodException",
        "ReadOnlyPropertyException");
    in("groovy.json", "RuntimeException", "JsonException");
    in("org.codehaus.groovy.runtime.typehandling", "ClassCastException", "GroovyCastException");
    in(
        "org.codehaus.groovy.control",
        "GroovyRuntimeException",
        "CompilationFailedException",
        "MultipleCompilationErrorsException");
    in("org.codehaus.groovy.runtime.powerassert", "AssertionError", "PowerAssertionError");
  }

  private ExceptionTypes() {}

  private static void in(String packageName, String parent, String... names) {
    for (String name : names) {
      TYPES.put(name, new Known(packageName, parent));
    }
  }

  static boolean isKnown(@Nullable String type) {
    return type != null && TYPES.containsKey(type);
  }

  static Collection<String> names() {
    return TYPES.keySet();
  }

  /** The name with its package, as an exception's text shows it. */
  static String qualified(String type) {
    Known known = TYPES.get(type);
    return known == null ? type : known.packageName() + "." + type;
  }

  /**
   * Whether {@code type} is {@code wanted} or extends it; a type that is not known is a
   * RuntimeException.
   */
  static boolean isA(String type, String wanted) {
    String at = type;
    while (!at.isEmpty()) {
      if (at.equals(wanted)) {
        return true;
      }
      Known known = TYPES.get(at);
      at = known == null ? "RuntimeException" : known.parent();
    }
    return wanted.equals("Object") || wanted.equals("Serializable");
  }
}
