package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.pipeline.lang.Limits;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs over the built-in API, with agents that run on this machine. */
@Timeout(120)
class EngineTest {
  @TempDir Path dir;
  private TestEngine engine;

  @BeforeEach
  void open() throws Exception {
    engine = TestEngine.open(dir);
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  private static String steps(String steps) {
    return "pipeline {\n  agent any\n  options { skipDefaultCheckout() }\n  stages {\n"
        + "    stage('Build') {\n      steps {\n"
        + steps
        + "\n      }\n    }\n  }\n}\n";
  }

  @Test
  void aRunSucceedsAndSaysWhatItDid() throws Exception {
    engine.source(
        steps("sh 'echo hello $BUILD_NUMBER $BRANCH_NAME $CI'\necho \"at ${env.GIT_COMMIT}\""));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.phase()).isEqualTo("Succeeded");
    assertThat(status.number()).isEqualTo(1);
    assertThat(status.stages())
        .extracting(PipelineRunStatus.Stage::name, PipelineRunStatus.Stage::state)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("Build", "Succeeded"));
    assertThat(engine.log("r1"))
        .contains("+ echo hello 1 main true", "hello 1 main true", "at " + TestEngine.COMMIT)
        .endsWith("Finished: SUCCESS\n");
    assertThat(engine.agents().removed).contains("r1");
    assertThat(engine.runToEnd("r2").number()).isEqualTo(2);
    assertThat(engine.logs().sections("r1"))
        .anySatisfy(s -> assertThat(s.stage()).containsExactly("Build"));
  }

  @Test
  void aFailedStepIsNamed() throws Exception {
    engine.source(steps("sh 'echo working'\nsh 'exit 3'\necho 'never'"));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.failedStage()).isEqualTo("Build");
    assertThat(status.message())
        .isEqualTo("'sh' of stage 'Build' failed: script returned exit code 3 (Jenkinsfile:8:1)");
    assertThat(status.logTail()).contains("working").doesNotContain("never");
  }

  @Test
  void anInvalidFileFailsWithItsPlace() throws Exception {
    engine.source(steps("shh 'x'"));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.message()).contains("Jenkinsfile:7:1", "shh", "did you mean 'sh'");
    engine.source("");
    assertThat(engine.runToEnd("r2").message()).contains("has no 'Jenkinsfile'");
  }

  @Test
  void secretsAreBoundAndMaskedEverywhere() throws Exception {
    engine.credential("git", Map.of("username", "bob", "password", "hunter2!"), "usernamePassword");
    engine.credential("t", Map.of("text", "tok'en x"), "secretText");
    engine.source(
        steps(
            "withCredentials([usernamePassword(credentialsId: 'git', usernameVariable: 'U',"
                + " passwordVariable: 'P'), string(credentialsId: 't', variable: 'T')]) {\n"
                + "sh 'echo $U:$P; echo \"$T\"; printf %s \"$P\" | base64'\n"
                + "script { def o = sh(script: 'printf %s \"$P\"', returnStdout: true)\n"
                + "  writeFile file: 'p', text: o\n echo o.reverse()\n error \"bad ${o}\" }\n}"));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(engine.log("r1"))
        .contains("bob:****", "+ echo")
        .doesNotContain("hunter2!", "tok'en x", "aHVudGVyMiE");
    assertThat(status.message()).contains("bad ****");
    assertThat(status.toString()).doesNotContain("hunter2!");
    assertThat(Files.readString(dir.resolve("data/runs/r1/journal"))).doesNotContain("hunter2!");
    assertThat(engine.log("r1")).contains("!2retnuh");
  }

  @Test
  void anUnknownCredentialIsAClearError() throws Exception {
    engine.source(
        steps("withCredentials([string(credentialsId: 'nope', variable: 'T')]) { sh 'x' }"));
    assertThat(engine.runToEnd("r1").message())
        .contains("Could not find credentials entry with ID 'nope'");
  }

  @Test
  void filesStashesReportsAndArtifacts() throws Exception {
    engine.source(
        steps(
            """
            writeFile file: 'a/b.txt', text: 'content'
            script { echo "read ${readFile('a/b.txt')} ${fileExists('a/b.txt')} ${fileExists('c')}" }
            stash name: 's', includes: 'a/**'
            dir('other') { unstash 's'
              sh 'cat a/b.txt; pwd' }
            archiveArtifacts 'a/*.txt'
            sh 'mkdir -p r; echo "<testsuite><testcase classname=\\\\"C\\\\" name=\\\\"ok\\\\"/><testcase classname=\\\\"C\\\\" name=\\\\"bad\\\\"><failure/></testcase></testsuite>" > r/TEST-x.xml'
            junit 'r/*.xml'
            deleteDir()
            sh 'ls -A | wc -l'
            """));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.message())
        .isEqualTo("'junit' of stage 'Build': 1 of 2 tests failed (Jenkinsfile:14:1)");
    assertThat(status.phase()).isEqualTo("Unstable");
    assertThat(engine.log("r1")).contains("read content true false", "C.bad", "\n0\n");
    try (var artifacts = Files.list(dir.resolve("data/runs/r1/artifacts"))) {
      assertThat(artifacts).hasSize(1);
    }
  }

  @Test
  void theLogStreamsWhileAStepRuns() throws Exception {
    Path gate = dir.resolve("gate");
    engine.source(
        steps(
            "sh '''#!/bin/sh\necho started\nwhile [ ! -e "
                + gate
                + " ]; do sleep 0.02; done\n'''"));
    engine.create("r1");
    engine.await(
        "r1", s -> !s.stages().isEmpty() && s.stages().getFirst().state().equals("Running"));
    try (InputStream log = engine.logs().log("r1", 0, true).orElseThrow()) {
      StringBuilder seen = new StringBuilder();
      byte[] buffer = new byte[512];
      while (seen.indexOf("started") < 0) {
        int n = log.read(buffer);
        assertThat(n).isPositive();
        seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
      Files.createFile(gate);
      assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("Finished: SUCCESS\n");
    }
  }

  @Test
  void anAbortEndsTheStepAndRunsPost() throws Exception {
    engine.source(
        "pipeline {\n agent any\n options { skipDefaultCheckout() }\n stages { stage('A') {"
            + " steps { sh 'echo up; sleep 1000' } } }\n post { aborted { sh 'echo cleaned' } } }");
    engine.create("r1");
    engine.awaitLog("r1", "+ sleep 1000");
    engine.abort("r1");
    PipelineRunStatus status = engine.end("r1");
    assertThat(status.phase()).isEqualTo("Aborted");
    assertThat(status.message()).contains("Aborted by request");
    assertThat(engine.log("r1")).contains("cleaned");
  }

  @Test
  void aTimeoutEndsTheStep() throws Exception {
    engine.source(steps("timeout(time: 300, unit: 'MILLISECONDS') { sh 'sleep 1000' }"));
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.phase()).isEqualTo("Aborted");
    assertThat(status.message()).contains("Timeout has been exceeded (300 ms)");
  }

  @Test
  void aRunEndsWhenItsTimeIsOver() throws Exception {
    Path few = Files.createDirectories(dir.resolve("few"));
    try (TestEngine bounded =
        TestEngine.open(few, Limits.STANDARD.within(Duration.ofMillis(300)))) {
      bounded.source(steps("sh 'sleep 1000'"));
      PipelineRunStatus status = bounded.runToEnd("r1");
      assertThat(status.phase()).isEqualTo("Aborted");
      assertThat(status.message()).contains("the run took longer than 0.3s");
    }
  }

  @Test
  void runsOfABranchThatAllowsOneAtATimeQueueUp() throws Exception {
    Path gate = dir.resolve("gate");
    engine.source(
        "pipeline {\n agent any\n options { disableConcurrentBuilds()\n skipDefaultCheckout() }\n"
            + " stages { stage('A') { steps { sh 'while [ ! -e "
            + gate
            + " ]; do sleep 0.02; done' } } } }");
    engine.create("r1");
    engine.await("r1", s -> "Running".equals(s.phase()));
    engine.create("r2");
    PipelineRunStatus waiting = engine.await("r2", s -> s.message() != null);
    assertThat(waiting.phase()).isEqualTo("Pending");
    assertThat(waiting.message()).contains("waits for run 'r1'");
    Files.createFile(gate);
    assertThat(engine.end("r1").phase()).isEqualTo("Succeeded");
    assertThat(engine.end("r2").phase()).isEqualTo("Succeeded");
  }

  @Test
  void parallelStagesBothRun() throws Exception {
    engine.source(
        "pipeline {\n agent any\n options { skipDefaultCheckout() }\n stages { stage('All') { parallel {\n"
            + " stage('One') { steps { sh 'echo one' } }\n stage('Two') { steps { sh 'echo two; exit 4' } } } } } }");
    PipelineRunStatus status = engine.runToEnd("r1");
    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.failedStage()).isEqualTo("All/Two");
    assertThat(status.stages())
        .extracting(PipelineRunStatus.Stage::state)
        .containsExactly("Failed", "Succeeded", "Failed");
    assertThat(status.stages().get(1).parent()).isEqualTo("All");
  }

  @Test
  void checkoutClonesTheCommitWithoutShowingTheToken() throws Exception {
    String commit = engine.hostedRepository(Map.of("f.txt", "in git", "Jenkinsfile", "x"));
    engine.source(
        "pipeline {\n agent any\n stages { stage('A') { steps { sh 'cat f.txt; git rev-parse HEAD' } } } }");
    PipelineRunStatus status = engine.runToEnd("r1", commit);
    assertThat(status.phase()).as(engine.log("r1")).isEqualTo("Succeeded");
    assertThat(status.stages())
        .extracting(PipelineRunStatus.Stage::name)
        .contains("Declarative: Checkout SCM");
    assertThat(engine.log("r1")).contains("in git", commit).doesNotContain(TestEngine.TOKEN);
    assertThat(engine.issued()).isEqualTo(List.of("r1"));
  }

  @Test
  void aStoppedEngineGoesOnWhereItWas() throws Exception {
    Path gate = dir.resolve("gate");
    engine.source(
        steps(
            "echo 'before'\nsh 'echo working; while [ ! -e "
                + gate
                + " ]; do sleep 0.02; done; echo done'\nsh 'echo last'"));
    engine.create("r1");
    engine.awaitLog("r1", "working");
    engine.restart();
    Files.createFile(gate);
    PipelineRunStatus status = engine.end("r1");
    assertThat(status.phase()).isEqualTo("Succeeded");
    assertThat(engine.log("r1").lines().filter(l -> l.equals("before"))).hasSize(1);
    assertThat(engine.log("r1").lines().filter(l -> l.equals("working"))).hasSize(1);
    assertThat(engine.log("r1").lines().filter(l -> l.equals("done"))).hasSize(1);
    assertThat(engine.log("r1").lines().filter(l -> l.equals("last"))).hasSize(1);
  }
}
