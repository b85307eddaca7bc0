package dev.naru.pipeline.lint;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tokens of well-known shape, private keys, and URLs with a password: anywhere in the text. */
final class SecretsInText implements Linter.Check {
  private record Shape(String what, Pattern pattern) {}

  /** The shapes are those that the issuers document for secret scanners. */
  private static final List<Shape> SHAPES =
      List.of(
          shape("an AWS access key", "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b"),
          shape("a GitHub token", "\\bgh[pousr]_[A-Za-z0-9]{36,}\\b"),
          shape("a GitHub token", "\\bgithub_pat_[A-Za-z0-9_]{22,}"),
          shape("a GitLab token", "\\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
          shape("a Slack token", "\\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
          shape(
              "a Slack webhook",
              "hooks\\.slack\\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+"),
          shape("a Google API key", "\\bAIza[0-9A-Za-z_-]{35}"),
          shape("a Stripe key", "\\b[sr]k_live_[0-9A-Za-z]{16,}"),
          shape("an npm token", "\\bnpm_[A-Za-z0-9]{36}\\b"),
          shape("a PyPI token", "\\bpypi-AgEI[A-Za-z0-9_-]{16,}"),
          shape("a Docker Hub token", "\\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
          shape("a DigitalOcean token", "\\bdo[opr]_v1_[0-9a-f]{64}\\b"),
          shape("a SendGrid key", "\\bSG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}"),
          shape("a Hugging Face token", "\\bhf_[A-Za-z]{34}\\b"),
          shape("an Azure storage key", "\\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}"),
          shape(
              "a JSON web token",
              "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"),
          shape("a private key", "-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"));

  private static final Pattern URL_PASSWORD =
      Pattern.compile("\\b[a-z][a-z0-9+.-]*://[^\\s/:@'\"$<>{}]*:([^\\s/@'\"$<>{}`]{1,200})@");

  private static Shape shape(String what, String pattern) {
    return new Shape(what, Pattern.compile(pattern));
  }

  @Override
  public void check(Source source, Findings findings) {
    String text = source.text().text();
    for (Shape shape : SHAPES) {
      Matcher m = shape.pattern().matcher(text);
      while (m.find()) {
        findings.warn(
            Rule.SECRET_IN_FILE,
            m.start(),
            m.end(),
            shape.what() + " stands in the file: everyone who can read the repository has it");
      }
    }
    Matcher m = URL_PASSWORD.matcher(text);
    while (m.find()) {
      if (!Secrecy.placeholder(m.group(1))) {
        findings.warn(
            Rule.SECRET_IN_FILE,
            m.start(1),
            m.end(1),
            "the URL has its password in it: everyone who can read the repository has it");
      }
    }
  }
}
