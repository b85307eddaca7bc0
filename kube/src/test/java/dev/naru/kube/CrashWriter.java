package dev.naru.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;

/**
 * The child of {@link CrashTest}: writes until it is killed, and prints a line for each write that
 * was answered: {@code name value version}.
 */
final class CrashWriter {
  private static final int WRITERS = 4;

  private CrashWriter() {}

  public static void main(String[] arguments) throws InterruptedException {
    KubeApi api = KubeApi.open(KubeConfig.of(Path.of(arguments[0])));
    KubernetesClient client = api.client();
    Thread[] threads = new Thread[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
      String name = "writer-" + i;
      threads[i] = Thread.ofPlatform().start(() -> write(client, name));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void write(KubernetesClient client, String name) {
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("default")
            .endMetadata()
            .addToData("value", "0")
            .build();
    if (client.resource(map).get() == null) {
      client.resource(map).create();
    }
    String old =
        client.configMaps().inNamespace("default").withName(name).get().getData().get("value");
    for (long value = Long.parseLong(old) + 1; ; value++) {
      // Two fields in one write: neither may be there without the other.
      ConfigMap now =
          client
              .resource(map)
              .patch(
                  PatchContext.of(PatchType.JSON_MERGE),
                  "{\"data\":{\"value\":\"" + value + "\",\"twin\":\"" + value + "\"}}");
      System.out.println(name + " " + value + " " + now.getMetadata().getResourceVersion());
      System.out.flush();
    }
  }
}
