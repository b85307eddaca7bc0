package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.pipeline.lang.Jenkinsfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotSupportedTest {
  private static List<String> refused(String text) throws InterruptedException {
    Jenkinsfile.Parsed valid = Jenkinsfile.parse("Jenkinsfile", text);
    assertThat(valid.file()).as(valid.diagnostics().toString()).isPresent();
    Jenkinsfile.Parsed checked = NotSupported.check(valid);
    assertThat(checked.file().isPresent())
        .isEqualTo(checked.diagnostics().stream().noneMatch(d -> d.isError()));
    return checked.diagnostics().stream().map(Object::toString).toList();
  }

  @Test
  void eachThingThatARunDoesNotHaveIsNamedAtItsPlace() throws InterruptedException {
    assertThat(
            refused(
                """
                @Library('shared') _
                pipeline {
                  agent { docker { image 'maven:3' } }
                  parameters { file(name: 'F') }
                  triggers { cron('@daily') }
                  options { lock('device') }
                  stages {
                    stage('A') {
                      input { message 'Go on?' }
                      when { changelog 'release' }
                      steps {
                        slackSend 'done'
                        script { docker.build('x') }
                      }
                    }
                  }
                  post { failure { mail to: 'a@b.c', subject: 's', body: 'b' } }
                }
                """))
        .containsExactly(
            "1:1: error: the library shared is not loaded: shared libraries are not supported",
            "3:11: error: the agent type \"docker\" is not supported: use 'agent any', and 'docker'"
                + " in an 'sh' step to build images",
            "4:16: error: the parameter type \"file\" is not supported",
            "5:14: warning: the trigger \"cron\" does not fire: runs start by pushes",
            "6:13: error: the step 'lock' is not supported: locks are not kept; use options {"
                + " disableConcurrentBuilds() }",
            "9:7: error: \"input\" is not supported: a run cannot wait for a person; gate with"
                + " 'when' or a branch",
            "10:14: error: the condition \"changelog\" is not supported; use changeset or branch",
            "12:9: error: the step 'slackSend' is not supported: there is no plugin for it",
            "13:18: error: the variable 'docker' is not supported: call the 'docker' command in an"
                + " 'sh' step instead",
            "17:20: error: the step 'mail' is not supported: there is no plugin for it");
  }

  @Test
  void aFileOfWhatRunsHaveIsRun() throws InterruptedException {
    assertThat(
            refused(
                """
                pipeline {
                  agent { label 'linux' }
                  options { timestamps(); timeout(time: 5); buildDiscarder(logRotator(numToKeepStr: '5')) }
                  parameters { choice(name: 'C', choices: ['a', 'b']) }
                  tools { jdk '21' }
                  stages { stage('A') { when { branch 'main' }; steps { sh 'make' } } }
                }
                """))
        .isEmpty();
  }
}
