package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kubectl itself against the HTTPS server. No controller runs: statuses are set by hand. */
final class KubectlIT {
  private static final String APP =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: %1$s}
      spec:
        replicas: 2
        selector: {matchLabels: {app: %1$s}}
        template:
          metadata: {labels: {app: %1$s}}
          spec:
            containers:
            - name: c
              image: %2$s
              env: [{name: A, value: "1"}, {name: B, value: "2"}]
      """;

  @TempDir static Path directory;
  private static TestServer server;

  record Result(int code, String out, String err) {
    Result ok() {
      assertThat(code).describedAs(out + err).isZero();
      return this;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    boolean there =
        java.util.Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "kubectl")));
    Assumptions.assumeTrue(there, "kubectl is not installed");
    server = new TestServer(directory);
    server.api.podAccess(new EchoPods());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Result kubectl(String... arguments) throws IOException, InterruptedException {
    return kubectlWith("", arguments);
  }

  private static Result kubectlWith(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("KUBECONFIG", server.kubeconfig.toString());
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static String get(String kind, String name, String path) throws Exception {
    return kubectl("get", kind, name, "-o", "jsonpath={" + path + "}").ok().out();
  }

  @Test
  void createsEveryKindItHasACommandFor() throws Exception {
    kubectl("create", "namespace", "made").ok();
    for (String line :
        """
        create configmap cm --from-literal=a=b
        create secret generic s --from-literal=p=w
        create deployment web --image=nginx:1 --replicas=2 --port=80
        create service clusterip web --tcp=80:8080
        create service nodeport np --tcp=80:8080
        create service externalname en --external-name=example.org
        create job j --image=busybox -- echo hi
        create cronjob cj --image=busybox --schedule=@hourly -- echo hi
        create role r --verb=get --resource=pods
        create rolebinding rb --role=r --serviceaccount=made:default
        create sa sa
        create ingress i --rule=a.localhost/*=web:80
        create pdb p --selector=app=web --min-available=1
        run pod --image=nginx
        autoscale deployment web --min=1 --max=3 --cpu-percent=50
        expose deployment web --name=web2 --port=80
        """
            .lines()
            .toList()) {
      List<String> words = new ArrayList<>(List.of("-n", "made"));
      words.addAll(List.of(line.split(" ", -1)));
      kubectl(words.toArray(String[]::new)).ok();
    }
    assertThat(kubectl("get", "all", "-n", "made", "-o", "name").ok().out().lines())
        .contains(
            "pod/pod",
            "service/web",
            "service/en",
            "deployment.apps/web",
            "job.batch/j",
            "cronjob.batch/cj",
            "horizontalpodautoscaler.autoscaling/web");
    assertThat(kubectl("get", "hpa", "-n", "made").ok().out()).contains("Deployment/web", "50%");
    assertThat(kubectl("get", "svc", "np", "-n", "made").ok().out()).contains("NodePort", "80:3");
    String secret =
        kubectl("get", "secret", "s", "-n", "made", "-o", "jsonpath={.data.p}").ok().out();
    assertThat(secret).isEqualTo("dw==");
    assertThat(kubectl("auth", "can-i", "delete", "pods").ok().out()).contains("yes");
    assertThat(kubectl("describe", "pod", "pod", "-n", "made").ok().out())
        .contains("Image:", "nginx", "QoS Class", "BestEffort");
    assertThat(kubectl("describe", "svc", "web", "-n", "made").ok().out()).contains("10.96.");
    assertThat(kubectl("describe", "ingress", "i", "-n", "made").ok().out())
        .contains("a.localhost");
    for (String output : List.of("wide", "yaml", "json", "name")) {
      kubectl("get", "deploy,pods,svc", "-n", "made", "-o", output).ok();
    }
    assertThat(
            kubectl(
                    "get",
                    "pods",
                    "-A",
                    "--sort-by=.metadata.name",
                    "-o",
                    "custom-columns=N:.metadata.name")
                .ok()
                .out())
        .contains("pod");
    kubectl("create", "quota", "q", "--hard=cpu=1").out();
    assertThat(kubectl("create", "token", "default").err()).contains("not issued");
  }

  @Test
  void appliesFromTheClient() throws Exception {
    assertThat(kubectlWith(APP.formatted("csa", "nginx:1"), "apply", "-f", "-").ok().out())
        .contains("created");
    assertThat(kubectlWith(APP.formatted("csa", "nginx:1"), "apply", "-f", "-").ok().out())
        .contains("unchanged");
    String second = APP.formatted("csa", "nginx:2").replace(", {name: B, value: \"2\"}", "");
    Result diff = kubectlWith(second, "diff", "-f", "-");
    assertThat(diff.code()).isEqualTo(1);
    assertThat(diff.out()).contains("-        image: nginx:1", "+        image: nginx:2");
    assertThat(kubectlWith(second, "apply", "-f", "-").ok().out()).contains("configured");
    assertThat(get("deploy", "csa", ".spec.template.spec.containers[0].env[*].name"))
        .isEqualTo("A");
    assertThat(get("deploy", "csa", ".metadata.generation")).isEqualTo("2");
    Result strict = kubectlWith(second.replace("replicas: 2", "replica: 2"), "apply", "-f", "-");
    assertThat(strict.err()).contains("strict decoding error: unknown field \"spec.replica\"");
    kubectl("delete", "deploy", "csa").ok();
    assertThat(kubectl("get", "deploy", "csa").err()).contains("NotFound");
  }

  @Test
  void appliesOnTheServer() throws Exception {
    String first = APP.formatted("ssa", "nginx:1");
    kubectlWith(first, "apply", "--server-side", "-f", "-").ok();
    kubectlWith(first, "apply", "--server-side", "--field-manager=b", "-f", "-").ok();
    Result conflict =
        kubectlWith(
            APP.formatted("ssa", "nginx:2"),
            "apply",
            "--server-side",
            "--field-manager=b",
            "-f",
            "-");
    assertThat(conflict.err())
        .contains("conflict with \"kubectl\"", ".spec.template.spec.containers[name=\"c\"].image");
    kubectlWith(
            APP.formatted("ssa", "nginx:2"),
            "apply",
            "--server-side",
            "--field-manager=b",
            "--force-conflicts",
            "-f",
            "-")
        .ok();
    assertThat(get("deploy", "ssa", ".spec.template.spec.containers[0].image"))
        .isEqualTo("nginx:2");
    String without = first.replace(", {name: B, value: \"2\"}", "").replace("nginx:1", "nginx:2");
    kubectlWith(without, "apply", "--server-side", "-f", "-").ok();
    assertThat(get("deploy", "ssa", ".spec.template.spec.containers[0].env[*].name"))
        .isEqualTo("A B");
    kubectlWith(without, "apply", "--server-side", "--field-manager=b", "-f", "-").ok();
    assertThat(get("deploy", "ssa", ".spec.template.spec.containers[0].env[*].name"))
        .isEqualTo("A");
    kubectlWith(first, "apply", "--server-side", "--dry-run=server", "--force-conflicts", "-f", "-")
        .ok();
    assertThat(get("deploy", "ssa", ".spec.template.spec.containers[0].image"))
        .isEqualTo("nginx:2");
  }

  @Test
  void changesInPlace() throws Exception {
    kubectlWith(APP.formatted("edit", "nginx:1"), "apply", "-f", "-").ok();
    kubectl("label", "deploy", "edit", "x=y").ok();
    kubectl("annotate", "deploy", "edit", "p=q").ok();
    kubectl("scale", "deploy", "edit", "--replicas=5").ok();
    assertThat(get("deploy", "edit", ".spec.replicas")).isEqualTo("5");
    kubectl("set", "image", "deploy/edit", "c=nginx:3").ok();
    kubectl("set", "env", "deploy/edit", "C=3").ok();
    kubectl("rollout", "restart", "deploy/edit").ok();
    kubectl("rollout", "pause", "deploy/edit").ok();
    kubectl("rollout", "resume", "deploy/edit").ok();
    kubectl(
            "patch",
            "deploy",
            "edit",
            "--type=json",
            "-p",
            "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":7}]")
        .ok();
    kubectl(
            "patch",
            "deploy",
            "edit",
            "-p",
            "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"env\":"
                + "[{\"name\":\"A\",\"$patch\":\"delete\"}]}]}}}}")
        .ok();
    assertThat(get("deploy", "edit", ".spec.template.spec.containers[0].env[*].name"))
        .isEqualTo("B C");
    kubectl("wait", "--for=jsonpath={.spec.replicas}=7", "deploy/edit", "--timeout=20s").ok();
    assertThat(kubectl("get", "deploy", "-l", "x in (y,z),!w", "-o", "name").ok().out())
        .contains("edit");
    assertThat(kubectl("describe", "deploy", "edit").ok().out()).contains("7 desired", "x=y");
  }

  @Test
  void followsARollout() throws Exception {
    kubectlWith(APP.formatted("roll", "nginx:1"), "apply", "-f", "-").ok();
    try (KubernetesClient client = server.api.client("controllers")) {
      var at = client.apps().deployments().inNamespace("default").withName("roll");
      Process status =
          new ProcessBuilder(
                  "kubectl",
                  "--kubeconfig",
                  server.kubeconfig.toString(),
                  "rollout",
                  "status",
                  "deploy/roll",
                  "--timeout=60s")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("status.txt").toFile())
              .start();
      at.editStatus(
          d ->
              new io.fabric8.kubernetes.api.model.apps.DeploymentBuilder(d)
                  .editOrNewStatus()
                  .withObservedGeneration(d.getMetadata().getGeneration())
                  .withReplicas(2)
                  .withUpdatedReplicas(2)
                  .withReadyReplicas(2)
                  .withAvailableReplicas(2)
                  .endStatus()
                  .build());
      assertThat(status.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(status.exitValue()).isZero();
    }
    assertThat(Files.readString(directory.resolve("status.txt")))
        .contains("successfully rolled out");
    assertThat(kubectl("get", "deploy", "roll").ok().out()).contains("2/2");
  }

  @Test
  void undoesARolloutFromItsReplicaSets() throws Exception {
    kubectlWith(APP.formatted("undo", "nginx:2"), "apply", "-f", "-").ok();
    String uid = get("deploy", "undo", ".metadata.uid");
    for (int revision = 1; revision <= 2; revision++) {
      kubectlWith(
              """
              apiVersion: apps/v1
              kind: ReplicaSet
              metadata:
                name: undo-%1$d
                labels: {app: undo, pod-template-hash: h%1$d}
                annotations: {deployment.kubernetes.io/revision: "%1$d"}
                ownerReferences:
                - {apiVersion: apps/v1, kind: Deployment, name: undo, uid: %2$s, controller: true}
              spec:
                replicas: 0
                selector: {matchLabels: {app: undo, pod-template-hash: h%1$d}}
                template:
                  metadata: {labels: {app: undo, pod-template-hash: h%1$d}}
                  spec: {containers: [{name: c, image: "nginx:%1$d"}]}
              """
                  .formatted(revision, uid),
              "apply",
              "-f",
              "-")
          .ok();
    }
    assertThat(kubectl("rollout", "history", "deploy/undo").ok().out()).contains("1 ", "2 ");
    kubectl("rollout", "undo", "deploy/undo", "--to-revision=1").ok();
    assertThat(get("deploy", "undo", ".spec.template.spec.containers[0].image"))
        .isEqualTo("nginx:1");
  }

  @Test
  void talksToPods() throws Exception {
    kubectl("run", "talk", "--image=i").ok();
    server
        .api
        .client("node")
        .pods()
        .inNamespace("default")
        .withName("talk")
        .editStatus(
            p ->
                new io.fabric8.kubernetes.api.model.PodBuilder(p)
                    .editStatus()
                    .withPhase("Running")
                    .endStatus()
                    .build());
    assertThat(kubectl("logs", "talk").ok().out()).isEqualTo("first of talk\nsecond\n");
    assertThat(kubectl("logs", "talk", "--previous").err()).contains("previous terminated");
    Result echo = kubectl("exec", "talk", "--", "hello", "world").ok();
    assertThat(echo.out()).isEqualTo("hello world\n");
    assertThat(echo.err()).contains("warned");
    assertThat(kubectl("exec", "talk", "--", "exit", "7").code()).isEqualTo(7);
    assertThat(kubectlWith("typed in", "exec", "-i", "talk", "--", "cat").ok().out())
        .isEqualTo("typed in");
  }

  @Test
  void watches() throws Exception {
    kubectl("create", "configmap", "seen", "--from-literal=a=1").ok();
    Path out = directory.resolve("watch.txt");
    Process watch =
        new ProcessBuilder(
                "kubectl",
                "--kubeconfig",
                server.kubeconfig.toString(),
                "get",
                "cm",
                "seen",
                "-w",
                "-o",
                "name")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      waitFor(out, 1);
      kubectl("label", "cm", "seen", "x=y").ok();
      waitFor(out, 2);
    } finally {
      watch.destroy();
      assertThat(watch.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void waitFor(Path file, int lines) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (Files.readAllLines(file).size() < lines) {
      assertThat(System.nanoTime()).describedAs("waiting for " + lines).isLessThan(end);
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void knowsCustomKinds() throws Exception {
    Path crd = directory.resolve("crd.yaml");
    try (var in = KubectlIT.class.getResourceAsStream("/crd-widget.yaml")) {
      Files.copy(in, crd);
    }
    kubectl("apply", "-f", crd.toString()).ok();
    kubectl("wait", "--for=condition=established", "crd/widgets.example.org").ok();
    String widget =
        "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\nspec: {color: %s}\n";
    assertThat(kubectlWith(widget.formatted("blue"), "apply", "-f", "-").err())
        .contains("Unsupported value: \"blue\"");
    kubectlWith(widget.formatted("red"), "apply", "-f", "-").ok();
    kubectl("scale", "wd", "w", "--replicas=3").ok();
    kubectl(
            "patch",
            "wd",
            "w",
            "--subresource=status",
            "--type=merge",
            "-p",
            "{\"status\":{\"phase\":\"Up\"}}")
        .ok();
    assertThat(kubectl("get", "wd").ok().out()).contains("COLOR", "red", "Up");
    assertThat(kubectl("explain", "widget.spec").ok().out()).contains("color", "-required-");
    assertThat(kubectl("explain", "deployment.spec.strategy").ok().out()).contains("rollingUpdate");
    assertThat(kubectl("api-resources").ok().out()).contains("widgets", "deployments");
    kubectl("delete", "crd", "widgets.example.org").ok();
  }

  @Test
  void aStrangerIsRefused() throws Exception {
    assertThat(kubectl("--token=wrong", "get", "pods").err()).contains("Unauthorized");
  }
}
