package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.ClassHelper;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.GenericsType;
import org.codehaus.groovy.ast.ImportNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.jspecify.annotations.Nullable;

/**
 * The types that a file names: what each is called here, and which of them no import, no class of
 * the file and no package that Groovy imports by itself can give.
 */
final class GroovyTypes {
  /** What every Groovy file imports: Groovy's language documentation, "Default imports". */
  private static final List<String> DEFAULT_PACKAGES =
      List.of("java.io.", "java.lang.", "java.net.", "java.util.", "groovy.lang.", "groovy.util.");

  /** Classes of {@code groovy.util} in the Groovy of Jenkins, which later ones have elsewhere. */
  private static final Set<String> MOVED =
      Set.of("AntBuilder", "CliBuilder", "FileNameFinder", "XmlParser", "XmlSlurper");

  private final Map<String, String> imports = new HashMap<>();
  private final List<String> packages = new ArrayList<>(DEFAULT_PACKAGES);
  private final Set<String> classes = new TreeSet<>();
  private final Set<String> parameters = new HashSet<>();
  private final boolean library;
  private final Map<String, Position> open = new LinkedHashMap<>();

  GroovyTypes(ModuleNode module) {
    library = module.hasPackage();
    for (ImportNode node : module.getImports()) {
      imports.put(node.getAlias(), node.getClassName());
    }
    module.getStarImports().forEach(i -> packages.add(i.getPackageName()));
    for (ClassNode type : module.getClasses()) {
      classes.add(type.getNameWithoutPackage());
      declared(type.getGenericsTypes());
      type.getMethods().forEach(m -> declared(m.getGenericsTypes()));
    }
    module.getMethods().forEach(m -> declared(m.getGenericsTypes()));
  }

  private void declared(GenericsType @Nullable [] types) {
    if (types != null) {
      Arrays.stream(types).forEach(t -> parameters.add(t.getName()));
    }
  }

  /**
   * The simple name of {@code type}; the full one of a foreign class that is called like a known
   * one. A type parameter is an Object.
   */
  String name(ClassNode type, ASTNode user) {
    if (type.isArray()) {
      return name(type.getComponentType(), user) + "[]";
    }
    String written = type.getName();
    if (parameters.contains(written)) {
      return "Object";
    }
    String full = imports.getOrDefault(written, written);
    String simple = full.substring(full.lastIndexOf('.') + 1);
    if (full.equals(simple)) {
      if (!ClassHelper.isPrimitiveType(type)) {
        remember(simple, type.getLineNumber() > 0 ? type : user);
      }
      return simple;
    }
    return TypeNames.isKnown(simple) && !TypeNames.qualified(simple).equals(full) ? full : simple;
  }

  private void remember(String simple, ASTNode at) {
    if (!classes.contains(simple) && !TypeNames.isKnown(simple) && !MOVED.contains(simple)) {
      open.putIfAbsent(simple, GroovyTree.at(at));
    }
  }

  /**
   * An error for each type that is nowhere, at its first place, in Groovy's words. None when a star
   * import or the file's own package could give it: what is in them is not known here.
   */
  List<Diagnostic> unresolved() {
    if (library
        || packages.stream().anyMatch(p -> Stream.of("java", "groovy").noneMatch(p::startsWith))) {
      return List.of();
    }
    Set<String> known = new TreeSet<>(TypeNames.known());
    known.addAll(classes);
    List<Diagnostic> all = new ArrayList<>();
    open.forEach(
        (simple, at) -> {
          if (packages.stream().noneMatch(p -> exists(p + simple))) {
            all.add(
                Diagnostic.error(
                    at, "unable to resolve class " + simple + Nearest.hint(simple, known)));
          }
        });
    return all;
  }

  /** Looks for the file of the class; nothing is loaded. */
  private static boolean exists(String className) {
    return ClassLoader.getSystemResource(className.replace('.', '/') + ".class") != null;
  }
}
