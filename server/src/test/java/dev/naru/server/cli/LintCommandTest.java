package dev.naru.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LintCommandTest {
  private static final String CLEAN =
      "pipeline { agent any\noptions { timeout(5) }\nstages { stage('A') { steps { sh 'make' } } } }\n";

  private record Ran(int code, String out, String err) {}

  @TempDir private Path folder = Path.of("unset");

  private static Ran lint(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 1];
    all[0] = "lint";
    for (int i = 0; i < arguments.length; i++) {
      all[i + 1] = arguments[i].toString();
    }
    CommandLine naru = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Ran(naru.execute(all), out.toString(), err.toString());
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void theCodeSaysWhetherThereAreErrors() throws IOException {
    assertThat(lint(file("clean", CLEAN))).isEqualTo(new Ran(0, "", ""));
    Ran warned = lint(file("warned", CLEAN.replace("make", "rm -rf $DIR")));
    assertThat(warned.code()).isZero();
    assertThat(warned.out()).contains("warning[unquoted-variable]", "0 errors, 1 warning");
    Ran wrong = lint(file("wrong", "pipeline { }\n"));
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.out()).contains("error[validity]");
  }

  @Test
  void aFileThatCannotBeReadIsOneSentence() throws IOException {
    Path missing = folder.resolve("missing");
    assertThat(lint(missing).err())
        .isEqualToNormalizingNewlines(
            "naru: '" + missing + "' cannot be linted: there is no such file\n");
    assertThat(lint(folder).err()).contains("it is a folder");
    Path bytes = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(lint(bytes)).matches(r -> r.code() == 1 && r.err().contains("no UTF-8 text"));
  }

  @Test
  void usageErrorsHaveTheirOwnCode() throws IOException {
    assertThat(lint("-o", "xml").code()).isEqualTo(2);
    assertThat(lint("--stdin", file("a", CLEAN)).code()).isEqualTo(2);
  }

  @Test
  void aManifestIsFoundByNameOrBeside() throws IOException {
    Path jenkinsfile =
        file(
            "Jenkinsfile",
            CLEAN.replace("make", "sed -i \"s/image: web:.*/image: web:2/\" k8s/app.yaml"));
    assertThat(lint(jenkinsfile).out()).doesNotContain("sed-no-match");
    Path given = file("app.yaml", "image: api:1\n");
    assertThat(lint("--manifest", given, jenkinsfile).out()).contains("sed-no-match");
    Files.createDirectory(folder.resolve("k8s"));
    file("k8s/app.yaml", "image: web:1\n");
    assertThat(lint(jenkinsfile).out()).contains("manifest-sed").doesNotContain("sed-no-match");
  }

  @Test
  void findsEveryJenkinsfileBelow() throws Exception {
    Files.createDirectories(folder.resolve("target"));
    Files.createDirectories(folder.resolve("sub"));
    file("target/Jenkinsfile", CLEAN);
    Path one = file("Jenkinsfile", CLEAN);
    Path two = file("sub/release.Jenkinsfile", CLEAN);
    Path three = file("sub/Jenkinsfile.deploy", CLEAN);
    file("sub/other.groovy", "x");
    file("sub/Jenkinsfile.java", "x");
    file("sub/Jenkinsfile.deploy.bak", "x");
    assertThat(LintFiles.below(folder)).containsExactly(one, three, two);
    Files.writeString(folder.resolve(".gitignore"), "sub/\n");
    assertThat(new ProcessBuilder("git", "init", "-q").directory(folder.toFile()).start().waitFor())
        .isZero();
    assertThat(LintFiles.below(folder)).containsExactly(one, folder.resolve("target/Jenkinsfile"));
  }

  @Test
  void jsonAndSarifArePrinted() throws IOException {
    Path warned = file("warned", CLEAN.replace("make", "rm -rf $DIR"));
    assertThat(lint("-o", "json", warned).out()).contains("\"rule\" : \"unquoted-variable\"");
    assertThat(lint("-o", "sarif", warned).out()).contains("\"version\" : \"2.1.0\"");
  }
}
