package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API through the in-process fabric8 client, as every room uses it. */
final class ClientTest {
  @TempDir Path directory;
  private KubeApi api;
  private KubernetesClient client;

  @BeforeEach
  void open() {
    api = KubeApi.open(KubeConfig.of(directory.resolve("state.db")));
    client = api.client("test");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private static Deployment deployment(String name, String image) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage(image)
        .addNewPort()
        .withContainerPort(80)
        .endPort()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void aDeploymentGetsItsDefaults() {
    Deployment made = client.resource(deployment("web", "nginx:1")).create();
    assertThat(made.getSpec().getReplicas()).isEqualTo(1);
    assertThat(made.getSpec().getStrategy().getRollingUpdate().getMaxSurge().getStrVal())
        .isEqualTo("25%");
    var pod = made.getSpec().getTemplate().getSpec();
    assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(30);
    assertThat(pod.getContainers().getFirst().getPorts().getFirst().getProtocol()).isEqualTo("TCP");
    assertThat(pod.getContainers().getFirst().getImagePullPolicy()).isEqualTo("IfNotPresent");
    assertThat(made.getMetadata().getUid()).isNotEmpty();
    assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void generationCountsChangesOfTheSpecOnly() {
    client.resource(deployment("web", "nginx:1")).create();
    var at = client.apps().deployments().inNamespace("default").withName("web");
    at.edit(
        d -> new DeploymentBuilder(d).editMetadata().addToLabels("a", "b").endMetadata().build());
    assertThat(at.get().getMetadata().getGeneration()).isEqualTo(1);
    at.edit(d -> new DeploymentBuilder(d).editSpec().withReplicas(3).endSpec().build());
    assertThat(at.get().getMetadata().getGeneration()).isEqualTo(2);
    at.editStatus(
        d ->
            new DeploymentBuilder(d)
                .editOrNewStatus()
                .withReplicas(3)
                .withObservedGeneration(2L)
                .endStatus()
                .build());
    assertThat(at.get().getMetadata().getGeneration()).isEqualTo(2);
    assertThat(at.get().getStatus().getReplicas()).isEqualTo(3);
    at.scale(5);
    assertThat(at.get().getSpec().getReplicas()).isEqualTo(5);
    assertThat(at.get().getStatus().getReplicas()).isEqualTo(3);
  }

  @Test
  void aStaleUpdateIsAConflict() {
    ConfigMap made =
        client
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("c")
                    .withNamespace("default")
                    .endMetadata()
                    .addToData("a", "1")
                    .build())
            .create();
    client.resource(new ConfigMapBuilder(made).addToData("a", "2").build()).update();
    assertThatThrownBy(
            () -> client.resource(new ConfigMapBuilder(made).addToData("a", "3").build()).update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void anUnchangedUpdateWritesNothing() {
    Deployment made = client.resource(deployment("web", "nginx:1")).create();
    Deployment again = client.resource(made).update();
    assertThat(again.getMetadata().getResourceVersion())
        .isEqualTo(made.getMetadata().getResourceVersion());
  }

  @Test
  void aWatchSeesWhatHappens() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (Watch watch =
        client
            .configMaps()
            .inNamespace("default")
            .watch(
                new Watcher<ConfigMap>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap c) {
                    seen.add(action + " " + c.getMetadata().getName());
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    seen.add("closed " + cause);
                  }
                })) {
      ConfigMap map =
          new ConfigMapBuilder()
              .withNewMetadata()
              .withName("w")
              .withNamespace("default")
              .endMetadata()
              .build();
      client.resource(map).create();
      client.resource(map).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"a\":\"1\"}}");
      client.resource(map).delete();
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("ADDED w");
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("MODIFIED w");
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("DELETED w");
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void anInformerFollows() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    client.resource(deployment("first", "nginx:1")).create();
    try (SharedIndexInformer<Deployment> informer =
        client
            .apps()
            .deployments()
            .inAnyNamespace()
            .inform(
                new ResourceEventHandler<Deployment>() {
                  @Override
                  public void onAdd(Deployment d) {
                    seen.add("add " + d.getMetadata().getName());
                  }

                  @Override
                  public void onUpdate(Deployment old, Deployment d) {
                    seen.add("update " + d.getSpec().getReplicas());
                  }

                  @Override
                  public void onDelete(Deployment d, boolean unknown) {
                    seen.add("delete " + d.getMetadata().getName());
                  }
                })) {
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("add first");
      client.resource(deployment("second", "nginx:1")).create();
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("add second");
      client.apps().deployments().inNamespace("default").withName("second").scale(4);
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("update 4");
      client.apps().deployments().inNamespace("default").withName("first").delete();
      assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("delete first");
      assertThat(informer.isRunning()).isTrue();
    }
  }

  @Test
  void aPodOnANodeIsDeletedGracefully() {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withGenerateName("p-")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("c")
            .withImage("i")
            .endContainer()
            .endSpec()
            .build();
    Pod made = client.resource(pod).create();
    assertThat(made.getMetadata().getName()).startsWith("p-").hasSize(7);
    assertThat(made.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(made.getStatus().getQosClass()).isEqualTo("BestEffort");
    client.resource(made).delete();
    assertThat(client.resource(made).get()).isNull();

    Pod bound = client.resource(pod).create();
    client
        .bindings()
        .inNamespace("default")
        .resource(
            new io.fabric8.kubernetes.api.model.BindingBuilder()
                .withNewMetadata()
                .withName(bound.getMetadata().getName())
                .withNamespace("default")
                .endMetadata()
                .withNewTarget()
                .withKind("Node")
                .withName("here")
                .endTarget()
                .build())
        .create();
    assertThat(client.resource(bound).get().getSpec().getNodeName()).isEqualTo("here");
    client.resource(bound).delete();
    Pod ending = client.resource(bound).get();
    assertThat(ending.getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(ending.getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(30);
    client.resource(bound).withGracePeriod(0).delete();
    assertThat(client.resource(bound).get()).isNull();
  }

  @Test
  void servicesGetAddresses() {
    Service service =
        new ServiceBuilder()
            .withNewMetadata()
            .withName("s")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withPort(80)
            .endPort()
            .endSpec()
            .build();
    Service made = client.resource(service).create();
    assertThat(made.getSpec().getClusterIP()).startsWith("10.96.");
    assertThat(made.getSpec().getPorts().getFirst().getTargetPort().getIntVal()).isEqualTo(80);
    Service applied = client.resource(service).forceConflicts().serverSideApply();
    assertThat(applied.getSpec().getClusterIP()).isEqualTo(made.getSpec().getClusterIP());
    assertThatThrownBy(
            () ->
                client
                    .resource(
                        new ServiceBuilder(service)
                            .editMetadata()
                            .withName("t")
                            .endMetadata()
                            .editSpec()
                            .withClusterIP(made.getSpec().getClusterIP())
                            .endSpec()
                            .build())
                    .create())
        .hasMessageContaining("already allocated");
  }

  @Test
  void finalizersHoldAnObject() {
    ConfigMap map =
        client
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("held")
                    .withNamespace("default")
                    .withFinalizers("naru.dev/hold")
                    .endMetadata()
                    .build())
            .create();
    client.resource(map).delete();
    assertThat(client.resource(map).get().getMetadata().getDeletionTimestamp()).isNotNull();
    client
        .configMaps()
        .inNamespace("default")
        .withName("held")
        .edit(
            c ->
                new ConfigMapBuilder(c)
                    .editMetadata()
                    .withFinalizers(List.of())
                    .endMetadata()
                    .build());
    assertThat(client.resource(map).get()).isNull();
  }

  @Test
  void aNamespaceWaitsForItsFinalizer() {
    Namespace namespace =
        new NamespaceBuilder().withNewMetadata().withName("n1").endMetadata().build();
    client.resource(namespace).create();
    client.resource(namespace).delete();
    Namespace ending = client.namespaces().withName("n1").get();
    assertThat(ending.getStatus().getPhase()).isEqualTo("Terminating");
    assertThatThrownBy(
            () ->
                client
                    .resource(
                        new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("late")
                            .withNamespace("n1")
                            .endMetadata()
                            .build())
                    .create())
        .hasMessageContaining("being terminated");
    client.raw(
        "/api/v1/namespaces/n1/finalize",
        "PUT",
        new NamespaceBuilder(ending).editSpec().withFinalizers().endSpec().build());
    assertThat(client.namespaces().withName("n1").get()).isNull();
  }

  @Test
  void whatIsInvalidNamesItsField() {
    Deployment bad = deployment("Bad_Name", "i");
    bad.getSpec().getTemplate().getMetadata().getLabels().put("app", "other");
    assertThatThrownBy(() -> client.resource(bad).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(422);
              assertThat(e.getStatus().getDetails().getCauses())
                  .extracting("field")
                  .contains("metadata.name", "spec.template.metadata.labels");
            });
  }

  @Test
  void aCustomKindIsServedAtOnce() {
    client.load(ClientTest.class.getResourceAsStream("/crd-widget.yaml")).serverSideApply();
    GenericKubernetesResource widget = new GenericKubernetesResource();
    widget.setApiVersion("example.org/v1");
    widget.setKind("Widget");
    widget.setMetadata(
        new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
            .withName("w")
            .withNamespace("default")
            .build());
    widget.setAdditionalProperty(
        "spec", java.util.Map.of("size", 3, "color", "red", "unknown", true));
    GenericKubernetesResource made = client.resource(widget).create();
    assertThat(made.<Object>get("spec", "unknown")).isNull();
    assertThat(made.<String>get("spec", "shape")).isEqualTo("round");
    widget.setAdditionalProperty("spec", java.util.Map.of("size", "big"));
    widget.getMetadata().setName("x");
    assertThatThrownBy(() -> client.resource(widget).create())
        .hasMessageContaining("spec.size")
        .hasMessageContaining("spec.color");
    client.resource(made).patchStatus();
    made.setAdditionalProperty("status", java.util.Map.of("phase", "Done"));
    client.resource(made).updateStatus();
    GenericKubernetesResource now = client.resource(made).get();
    assertThat(now.<String>get("status", "phase")).isEqualTo("Done");
    assertThat(now.getMetadata().getGeneration()).isEqualTo(1);
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("widgets.example.org")
        .delete();
    assertThat(
            client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("widgets.example.org")
                .get())
        .isNull();
  }

  @Test
  void everythingIsThereAfterARestart() {
    client.resource(deployment("web", "nginx:1")).create();
    String version =
        client
            .apps()
            .deployments()
            .inNamespace("default")
            .list()
            .getMetadata()
            .getResourceVersion();
    api.close();
    api = KubeApi.open(KubeConfig.of(directory.resolve("state.db")));
    client = api.client("test");
    var list = client.apps().deployments().inNamespace("default").list();
    assertThat(list.getItems()).extracting(d -> d.getMetadata().getName()).containsExactly("web");
    assertThat(list.getMetadata().getResourceVersion()).isEqualTo(version);
  }
}
