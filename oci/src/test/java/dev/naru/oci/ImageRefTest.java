package dev.naru.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageRefTest {
  private static final String HEX =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io/library/nginx:latest, nginx:latest",
    "team/app:1.2, docker.io/team/app:1.2, team/app:1.2",
    "localhost:5000/board/backend:abc, localhost:5000/board/backend:abc,"
        + " localhost:5000/board/backend:abc",
    "naru.local/jre, naru.local/jre:latest, naru.local/jre:latest",
    "localhost/x, localhost/x:latest, localhost/x:latest",
    "index.docker.io/a, docker.io/library/a:latest, a:latest",
    "[::1]:5000/a/b__c-d.e:T_1, [::1]:5000/a/b__c-d.e:T_1, [::1]:5000/a/b__c-d.e:T_1"
  })
  void readsNames(String text, String full, String familiar) {
    ImageRef ref = ImageRef.parse(text);
    assertThat(ref).hasToString(full);
    assertThat(ref.familiar()).isEqualTo(familiar);
    assertThat(ImageRef.parse(full)).isEqualTo(ref);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@sha256:" + HEX, "localhost:5000/a:t@sha256:" + HEX})
  void readsDigests(String text) {
    ImageRef ref = ImageRef.parse(text);
    assertThat(ref.digest()).hasValueSatisfying(d -> assertThat(d.hex()).isEqualTo(HEX));
    assertThat(ref.manifestReference()).isEqualTo("sha256:" + HEX);
    assertThat(ImageRef.parse(ref.toString())).isEqualTo(ref);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "A",
        "a:",
        "a:-x",
        "a/",
        "/a",
        "a//b",
        "a..b",
        "a/../b",
        "a@sha256:12",
        "a@md5:12",
        "ex_ample.com/a",
        "a b",
        "a\n",
        "-a",
        "localhost:5000/",
        "host:port/a"
      })
  void refusesOthers(String text) {
    assertThatThrownBy(() -> ImageRef.parse(text))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.code()).isEqualTo(OciException.NAME_INVALID));
  }
}
