package dev.naru.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that {@link CrashIT} kills: a node with its API, which makes its pods and waits for
 * them, or deletes them and waits for that. It prints {@code DONE} when the wait is over, and never
 * ends by itself.
 *
 * <p>Each pod writes a line into {@code starts/<pod>} when its program runs.
 */
final class CrashChild {
  static final int PODS = 5;

  private CrashChild() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path data = Path.of(args[0]);
    TestNode node = TestNode.reopen(data, Integer.parseInt(args[1]));
    System.out.println("OPEN");
    Files.createDirectories(data.resolve("starts"));
    for (int i = 0; i < PODS; i++) {
      String name = "crash" + i;
      boolean there = node.client.pods().inNamespace("default").withName(name).get() != null;
      if (args[2].equals("make") && !there) {
        node.client.resource(pod(node, data, name)).create();
      } else if (args[2].equals("delete") && there) {
        node.delete(name);
      }
    }
    for (int i = 0; i < PODS; i++) {
      if (args[2].equals("make")) {
        node.await("crash" + i, TestNode::isReady);
      } else {
        node.awaitGone("crash" + i);
      }
    }
    System.out.println("DONE");
    Thread.currentThread().join();
  }

  private static Pod pod(TestNode node, Path data, String name) {
    Pod pod =
        node.pod(
                name,
                "/bin/sh",
                "-c",
                "echo start >> /starts/"
                    + name
                    + "; trap 'exit 0' TERM; while :; do sleep 0.1; done")
            .build();
    pod.getSpec()
        .setVolumes(
            List.of(
                new VolumeBuilder()
                    .withName("starts")
                    .withNewHostPath()
                    .withPath(data.resolve("starts").toString())
                    .endHostPath()
                    .build()));
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setVolumeMounts(
            List.of(new VolumeMountBuilder().withName("starts").withMountPath("/starts").build()));
    return pod;
  }
}
