package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustomResourceDefinitionTest {
  private static final String FERRIES =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: ferries.example.org}
      spec:
        group: example.org
        scope: Cluster
        names: {plural: ferries, singular: ferry, kind: Ferry}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      fares: {type: object, additionalProperties: {type: integer}}
      """;

  @TempDir Path dir;

  @Test
  void aMapKeepsTheSchemaOfItsValuesAndItsEntries() throws Exception {
    try (KubeApi api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
        KubernetesClient client = api.client()) {
      client
          .resource(
              client.getKubernetesSerialization().<CustomResourceDefinition>unmarshal(FERRIES))
          .create();
      JSONSchemaProps root =
          client
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .withName("ferries.example.org")
              .get()
              .getSpec()
              .getVersions()
              .getFirst()
              .getSchema()
              .getOpenAPIV3Schema();
      JSONSchemaProps fares = property(property(root, "spec"), "fares");
      assertThat(fares.getAdditionalProperties().getSchema().getType()).isEqualTo("integer");

      GenericKubernetesResource ferry =
          client
              .getKubernetesSerialization()
              .unmarshal(
                  """
                  apiVersion: example.org/v1
                  kind: Ferry
                  metadata: {name: one}
                  spec: {fares: {child: 1, adult: 2}}
                  """,
                  GenericKubernetesResource.class);
      client.resource(ferry).create();
      GenericKubernetesResource stored =
          client
              .genericKubernetesResources(
                  new ResourceDefinitionContext.Builder()
                      .withGroup("example.org")
                      .withVersion("v1")
                      .withKind("Ferry")
                      .withPlural("ferries")
                      .withNamespaced(false)
                      .build())
              .withName("one")
              .get();
      assertThat(stored.<Map<String, Object>>get("spec", "fares"))
          .isEqualTo(Map.of("child", 1, "adult", 2));
    }
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
    return Objects.requireNonNull(schema.getProperties().get(name), name);
  }
}
