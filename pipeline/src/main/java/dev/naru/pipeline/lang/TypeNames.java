package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.Collections;
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
            + " Float Math System StringBuilder StringBuffer Comparable Iterable Enum Void");
    in("java.io", "Serializable StringWriter");
    in("java.math", "BigDecimal BigInteger RoundingMode");
    in(
        "java.util",
        "ArrayList LinkedHashMap LinkedHashSet HashMap HashSet TreeMap TreeSet List Map Set"
            + " Collection Collections Iterator Arrays Date UUID Random Objects TimeZone Base64"
            + " LinkedList Queue Deque ArrayDeque Stack Vector SortedMap SortedSet Locale");
    in("java.util.concurrent", "ConcurrentHashMap TimeUnit");
    in("java.util.regex", "Pattern Matcher");
    in("java.text", "SimpleDateFormat");
    in(
        "java.time",
        "Instant Duration LocalDate LocalDateTime LocalTime ZonedDateTime OffsetDateTime ZoneOffset"
            + " ZoneId");
    in("java.time.format", "DateTimeFormatter");
    in("groovy.lang", "Closure GString IntRange ObjectRange Range Script");
    in("org.jenkinsci.plugins.workflow.cps", "CpsScript");
    in("groovy.json", "JsonOutput JsonSlurper JsonSlurperClassic JsonBuilder");
  }

  private static final Set<String> KNOWN = known(PACKAGES.keySet(), ExceptionTypes.names());

  private TypeNames() {}

  private static Set<String> known(Collection<String> types, Collection<String> exceptions) {
    Set<String> all = new TreeSet<>(types);
    all.addAll(exceptions);
    return Collections.unmodifiableSet(all);
  }

  private static void in(String packageName, String names) {
    for (String name : names.split(" ")) {
      PACKAGES.put(name, packageName);
    }
  }

  static boolean isKnown(String simple) {
    return KNOWN.contains(simple);
  }

  static Set<String> known() {
    return KNOWN;
  }

  /** The name with its package; one that is not known as it is. */
  static String qualified(String simple) {
    String known = PACKAGES.get(simple);
    return known == null ? ExceptionTypes.qualified(simple) : known + "." + simple;
  }
}
