package dev.naru.pipeline.lang;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The full names of the classes that scripts name by their simple ones. */
final class TypeNames {
  private static final Map<String, String> PACKAGES = new HashMap<>();

  static {
    in(
        "java.lang",
        "Object Class String CharSequence Character Boolean Number Integer Long Short Byte Double"
            + " Float Math System StringBuilder Comparable Iterable Enum");
    in("java.math", "BigDecimal BigInteger RoundingMode");
    in(
        "java.util",
        "ArrayList LinkedHashMap LinkedHashSet HashMap HashSet TreeMap TreeSet List Map Set"
            + " Collection Collections Iterator Arrays Date UUID Random Objects TimeZone Base64");
    in("java.util.regex", "Pattern Matcher");
    in("java.text", "SimpleDateFormat");
    in(
        "java.time",
        "Instant Duration LocalDate LocalDateTime LocalTime ZonedDateTime OffsetDateTime ZoneOffset"
            + " ZoneId");
    in("java.time.format", "DateTimeFormatter");
    in("groovy.lang", "Closure GString IntRange ObjectRange Range Script");
    in("groovy.json", "JsonOutput JsonSlurper JsonSlurperClassic JsonBuilder");
  }

  private TypeNames() {}

  private static void in(String packageName, String names) {
    for (String name : names.split(" ")) {
      PACKAGES.put(name, packageName);
    }
  }

  static boolean isKnown(String simple) {
    return PACKAGES.containsKey(simple) || ExceptionTypes.isKnown(simple);
  }

  static Set<String> known() {
    Set<String> all = new TreeSet<>(PACKAGES.keySet());
    all.addAll(ExceptionTypes.names());
    return all;
  }

  /** The name with its package; one that is not known as it is. */
  static String qualified(String simple) {
    String known = PACKAGES.get(simple);
    return known == null ? ExceptionTypes.qualified(simple) : known + "." + simple;
  }
}
