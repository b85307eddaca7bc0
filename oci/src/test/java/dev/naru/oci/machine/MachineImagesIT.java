package dev.naru.oci.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.oci.ImageRef;
import dev.naru.oci.Images;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.ResolvedImage;
import dev.naru.oci.fs.LayerView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, and chroot(8) with a /proc to run what the images hold. */
final class MachineImagesIT {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  @TempDir Path data;

  private Path programs() throws IOException {
    Path folder = Files.createDirectories(data.resolve("programs"));
    Files.writeString(folder.resolve("naru-images-1.jar"), "jar");
    Files.writeString(folder.resolve("h2.jar"), "jar");
    return folder;
  }

  private static ResolvedImage resolve(Images images, String name) {
    return images.resolve(ImageRef.parse("naru.local/" + name), PullPolicy.IF_NOT_PRESENT);
  }

  @Test
  void theSameMachineGivesTheSameImagesAndJavaRuns() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "unpacking layers needs root");
    ResolvedImage jre;
    try (Images images = Images.open(data.resolve("a"))) {
      MachineImages.register(images, JAVA_HOME, programs());
      jre = resolve(images, "jre");
      assertThat(run(jre)).contains("Runtime Environment", "sharing");

      ResolvedImage web = resolve(images, "web");
      assertThat(web.layerDirs()).hasSize(3).startsWith(jre.layerDirs().toArray(Path[]::new));
      assertThat(web.config().exposedPorts()).containsExactly("8080/tcp");
      assertThat(LayerView.of(web.layerDirs()).list(List.of("opt", "naru", "lib")))
          .containsOnlyKeys("naru-images-1.jar");
      assertThat(
              LayerView.of(resolve(images, "mongo").layerDirs())
                  .list(List.of("opt", "naru", "lib")))
          .containsOnlyKeys("naru-images-1.jar", "h2.jar");
      ResolvedImage host = resolve(images, "host");
      assertThat(host.isHost()).isTrue();
      assertThat(host.layerDirs()).isEmpty();
    }
    try (Images images = Images.open(data.resolve("b"))) {
      MachineImages.register(images, JAVA_HOME, programs()).ensure();
      assertThat(resolve(images, "jre").digest()).isEqualTo(jre.digest());
    }
  }

  /** Both layers put together in a folder, and java started with that as its root. */
  private String run(ResolvedImage jre) throws Exception {
    Path root = Files.createDirectory(data.resolve("root"));
    for (Path layer : jre.layerDirs()) {
      exec("cp", "-a", layer + "/.", root.toString());
    }
    String script =
        "mount -t proc proc $0/proc && exec chroot $0 /usr/bin/java -Xshare:on -version";
    return exec("unshare", "--mount", "--pid", "--fork", "sh", "-c", script, root.toString());
  }

  private static String exec(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }
}
