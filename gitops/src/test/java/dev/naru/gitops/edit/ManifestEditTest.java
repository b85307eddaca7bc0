package dev.naru.gitops.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.base.CommitId;
import dev.naru.base.Workers;
import dev.naru.gitops.edit.ManifestEdit.Login;
import dev.naru.gitops.edit.ManifestEdit.Request;
import dev.naru.gitops.edit.ManifestEdit.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestEditTest {
  private static final CommitId SOURCE = new CommitId("0123456789012345678901234567890123456789");

  @TempDir Path dir;
  private Path hosted;

  @BeforeEach
  void host() throws GitAPIException, IOException {
    hosted = dir.resolve("board-deploy.git");
    Git.init().setBare(true).setInitialBranch("main").setDirectory(hosted.toFile()).call().close();
    Path work = dir.resolve("work");
    try (Git git =
        Git.cloneRepository()
            .setURI(hosted.toUri().toString())
            .setDirectory(work.toFile())
            .call()) {
      Path overlay = Files.createDirectories(work.resolve("overlays/local"));
      Files.writeString(overlay.resolve("kustomization.yaml"), "# ours\nresources: [../../base]\n");
      Files.writeString(work.resolve("README"), "manifests\n");
      git.add().addFilepattern(".").call();
      git.commit().setMessage("first").setSign(false).call();
      git.push().add("HEAD:refs/heads/main").call();
    }
  }

  private Request request(String image) {
    return new Request(
        hosted.toUri().toString(),
        "main",
        "overlays/local",
        List.of(ImageChange.parse(image)),
        "board",
        SOURCE,
        Login.NONE);
  }

  private RevCommit head() throws IOException, GitAPIException {
    try (Git git = Git.open(hosted.toFile())) {
      return git.log().call().iterator().next();
    }
  }

  private String kustomization() throws IOException, GitAPIException {
    Path clone = Files.createTempDirectory(dir, "read");
    Git.cloneRepository()
        .setURI(hosted.toUri().toString())
        .setBranch("main")
        .setDirectory(clone.toFile())
        .call()
        .close();
    assertThat(clone.resolve("README")).hasContent("manifests\n");
    return Files.readString(clone.resolve("overlays/local/kustomization.yaml"));
  }

  @Test
  void commitNamesItsSource() throws Exception {
    Result result = ManifestEdit.apply(request("a=r/a:v1"), Clock.systemUTC(), new Random(1));
    assertThat(result).isEqualTo(new Result.Committed(head().name(), 1));
    assertThat(head().getFooterLines("Source-Commit")).containsExactly("board@" + SOURCE);
    assertThat(head().getShortMessage()).isEqualTo("overlays/local: r/a:v1");
    assertThat(kustomization()).startsWith("# ours\nresources: [../../base]\nimages:\n");
  }

  @Test
  void whatIsSetAlreadyMakesNoCommit() throws Exception {
    ManifestEdit.apply(request("a=r/a:v1"), Clock.systemUTC(), new Random(1));
    String head = head().name();
    assertThat(ManifestEdit.apply(request("a=r/a:v1"), Clock.systemUTC(), new Random(1)))
        .isEqualTo(new Result.Unchanged(head));
    assertThat(head().name()).isEqualTo(head);
  }

  @Test
  void everyRacingEditIsInAtTheEnd() throws Exception {
    int editors = 8;
    try (Workers workers = new Workers("editor", editors)) {
      List<Future<Result>> all = new ArrayList<>();
      for (int i = 0; i < editors; i++) {
        int n = i;
        all.add(
            workers.submit(
                () ->
                    ManifestEdit.apply(
                        request("image-" + n + "=:v" + n), Clock.systemUTC(), new Random(n))));
      }
      for (Future<Result> each : all) {
        assertThat(Workers.join(each)).isInstanceOf(Result.Committed.class);
      }
    }
    String text = kustomization();
    for (int i = 0; i < editors; i++) {
      assertThat(text).contains("name: image-" + i + "\n    newTag: v" + i + "\n");
    }
  }

  @Test
  void saysWhatIsMissing() {
    Request wrong =
        new Request(
            hosted.toUri().toString(),
            "main",
            "overlays/eks",
            List.of(ImageChange.parse("a=:v")),
            "board",
            SOURCE,
            Login.NONE);
    assertThatThrownBy(() -> ManifestEdit.apply(wrong, Clock.systemUTC(), new Random(1)))
        .isInstanceOf(EditException.class)
        .hasMessageContaining("no kustomization.yaml in 'overlays/eks'");
  }

  @Test
  void commandPrintsOneLine() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> args =
        List.of(
            "--repo",
            hosted.toUri().toString(),
            "--path",
            "overlays/local",
            "--source",
            "board@" + SOURCE,
            "--image",
            "a=r/a:v1");
    assertThat(run(args, out, err)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("manifest commit " + head().name())
        .endsWith("overlays/local r/a:v1\n");
    out.reset();
    assertThat(run(args, out, err)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("manifest unchanged: ");
    assertThat(run(List.of("--password", "x"), out, err)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("unknown option '--password'");
  }

  private static int run(List<String> args, ByteArrayOutputStream out, ByteArrayOutputStream err)
      throws InterruptedException {
    return ManifestCommand.setImage(
        args,
        Map.of(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }
}
