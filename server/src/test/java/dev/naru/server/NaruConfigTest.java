package dev.naru.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NaruConfigTest {
  @TempDir Path data;

  @Test
  void withoutAFileTheDefaultsHold() {
    assertThat(NaruConfig.read(data)).isEqualTo(NaruConfig.defaults());
  }

  @Test
  void missingKeysTakeTheirDefaults() throws IOException {
    Files.writeString(data.resolve(NaruConfig.FILE), "http-port: 8081\npod-network: \"10.99\"\n");
    NaruConfig config = NaruConfig.read(data);
    assertThat(config.httpPort()).isEqualTo(8081);
    assertThat(config.bridgeAddress()).isEqualTo("10.99.0.1");
    assertThat(config.apiPort()).isEqualTo(6443);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "htp-port: 1|naru.yaml:1|htp-port",
        "http-port: [|naru.yaml|",
        "http-port: 70000|70000|from 1 to 65535",
        "instance: Much-Too-Long|Much-Too-Long|9 lower-case",
        "pod-network: 10|10|two octets"
      })
  void badFilesAreNamed(String yaml, String where, String what) throws IOException {
    Files.writeString(data.resolve(NaruConfig.FILE), yaml);
    assertThatThrownBy(() -> NaruConfig.read(data))
        .hasMessageContaining(where)
        .hasMessageContaining(what == null ? "" : what);
  }
}
