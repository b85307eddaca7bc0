package dev.naru.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of ARCHITECTURE.md; any other fails the build. */
class ArchitectureTest {
  private static final JavaClasses NARU =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.naru");

  /** Room → the rooms that it may know, besides itself. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          Map.entry("base", List.of()),
          Map.entry("images", List.of()),
          Map.entry("kube", List.of("base")),
          Map.entry("controllers", List.of("base")),
          Map.entry("oci", List.of("base")),
          Map.entry("git", List.of("base")),
          Map.entry("node", List.of("base", "oci")),
          Map.entry("pipeline", List.of("base", "oci")),
          Map.entry("gitops", List.of("base")),
          Map.entry("gateway", List.of("base")),
          Map.entry("delivery", List.of("base", "git", "gitops", "pipeline")));

  static Stream<Map.Entry<String, List<String>>> arrows() {
    return ARROWS.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void roomKnowsOnlyTheRoomsBelowIt(Map.Entry<String, List<String>> arrow) {
    String[] allowed =
        Stream.concat(Stream.of(arrow.getKey()), arrow.getValue().stream())
            .map(room -> "dev.naru." + room + "..")
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> elsewhere =
        DescribedPredicate.not(resideInAPackage("dev.naru.."));
    classes()
        .that()
        .resideInAPackage("dev.naru." + arrow.getKey() + "..")
        .should()
        .onlyDependOnClassesThat(elsewhere.or(resideInAnyPackage(allowed)))
        .allowEmptyShould(arrow.getKey().equals("images"))
        .check(NARU);
  }

  @Test
  void theLanguageIsPure() {
    classes()
        .that()
        .resideInAPackage("dev.naru.pipeline.lang..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "dev.naru.pipeline.lang..",
                    "java.lang..",
                    "java.util..",
                    "java.math..",
                    "java.time..",
                    "java.text..",
                    "java.nio.charset..",
                    "org.codehaus.groovy..",
                    "org.apache.groovy..",
                    "groovy.lang..",
                    "groovyjarjarasm..",
                    "groovyjarjarantlr4..",
                    "org.jspecify..")
                .or(DescribedPredicate.describe("a primitive or array", JavaClass::isPrimitive))
                .or(DescribedPredicate.describe("an array", JavaClass::isArray)))
        .check(NARU);
  }

  @Test
  void theLinterIsPure() {
    classes()
        .that()
        .resideInAPackage("dev.naru.pipeline.lint..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "dev.naru.pipeline.lint..",
                    "dev.naru.pipeline.lang..",
                    "java.lang..",
                    "java.net..",
                    "java.util..",
                    "com.fasterxml.jackson..",
                    "org.jspecify..")
                .or(DescribedPredicate.describe("a primitive or array", JavaClass::isPrimitive))
                .or(DescribedPredicate.describe("an array", JavaClass::isArray)))
        .check(NARU);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.naru.(**)").should().beFreeOfCycles().check(NARU);
  }

  @Test
  void everyRoomIsSeen() {
    assertThat(NARU.stream().map(c -> c.getPackageName().split("\\.", -1)[2]))
        .contains("kube", "node", "gateway", "server");
  }
}
