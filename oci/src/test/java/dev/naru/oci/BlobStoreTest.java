package dev.naru.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.base.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlobStoreTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  @TempDir Path root;

  @Test
  void givesBackWhatWasPut() {
    BlobStore store = BlobStore.open(root);
    Digest digest = store.put(HELLO);
    assertThat(store.put(HELLO)).isEqualTo(digest);
    assertThat(store.readSmall(digest, 5)).isEqualTo(HELLO);
    assertThat(store.size(digest)).contains(5L);
    assertThat(BlobStore.open(root).list()).containsExactly(digest);
  }

  @Test
  void refusesOtherContentThanTheDigestSays() {
    BlobStore store = BlobStore.open(root);
    Digest other = Digest.of("other");
    assertThatThrownBy(() -> store.put(new ByteArrayInputStream(HELLO), other))
        .isInstanceOf(OciException.class)
        .hasMessageContaining("the 5 bytes that came have digest " + Digest.of(HELLO));
    assertThat(store.list()).isEmpty();
    assertThat(root.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void aCrashInTheMiddleOfAWriteLeavesNothing() throws IOException {
    BlobWriter abandoned = BlobStore.open(root).begin();
    abandoned.write(HELLO);
    assertThat(root.resolve("uploads")).isNotEmptyDirectory();

    BlobStore store = BlobStore.open(root);
    assertThat(store.list()).isEmpty();
    assertThat(root.resolve("uploads")).isEmptyDirectory();
    assertThat(store.put(HELLO)).isEqualTo(Digest.of(HELLO));
    abandoned.close();
  }

  @Test
  void noticesChangedBytes() throws IOException {
    BlobStore store = BlobStore.open(root);
    Digest digest = store.put(HELLO);
    Files.writeString(store.path(digest), "hallo");
    assertThatThrownBy(() -> store.readSmall(digest, 100)).hasMessageContaining("push or build");
  }

  @Test
  void aFullDiskIsOneClearSentence() {
    OciException e =
        OciException.io("store an image layer", root, new IOException("No space left on device"));
    assertThat(e.code()).isEqualTo(OciException.DISK_FULL);
    assertThat(e)
        .hasMessage(
            "Tried to store an image layer in "
                + root
                + " but the disk is full; free some space there and try again.");
  }
}
