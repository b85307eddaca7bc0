package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Diagnostic;
import dev.naru.pipeline.lang.Jenkinsfile;
import java.util.List;

/** Finds what is wrong in a Jenkinsfile, and what works but hurts. */
public final class Linter {
  /** A check is stateless: it may be used for any number of files, from any thread. */
  @FunctionalInterface
  interface Check {
    void check(Source source, Findings findings);
  }

  private final List<Check> checks;

  /**
   * @param manifests what a {@code sed} is compared with
   */
  public Linter(Manifests manifests) {
    this.checks =
        List.of(
            new SecretsInText(),
            new SecretsInNames(),
            new DockerSocket(),
            new MutableImages(),
            new Timeouts(),
            new ManifestSed(manifests),
            new GitUrls(),
            new InterpolatedSecrets(),
            new UnquotedVariables(),
            new Sleeps(),
            new UnreachableStages());
  }

  /**
   * The findings in the order of their places, without those that the file's comments switch off.
   * The time is bounded as the parser's is. A file whose syntax is broken is still searched for
   * secrets.
   *
   * @param name the file's path, for messages of the parser
   */
  public List<Finding> lint(String name, String text) throws InterruptedException {
    Jenkinsfile.Parsed parsed = Jenkinsfile.parse(name, text);
    SourceText source = new SourceText(text);
    Findings findings = new Findings(source);
    for (Diagnostic d : parsed.diagnostics()) {
      findings.add(validity(d));
    }
    Source file = new Source(source, parsed.syntax());
    checks.forEach(c -> c.check(file, findings));
    Suppressions suppressions = Suppressions.of(source);
    suppressions.faults(findings);
    return findings.sorted().stream().filter(f -> !suppressions.covers(f)).toList();
  }

  private static Finding validity(Diagnostic d) {
    return new Finding(
        Rule.VALIDITY,
        d.isError() ? Finding.Severity.ERROR : Finding.Severity.WARNING,
        d.at().line(),
        d.at().column(),
        0,
        d.message(),
        "");
  }
}
