package dev.naru.node.net;

import static dev.naru.node.net.Cluster.endpoint;
import static dev.naru.node.net.Cluster.named;
import static dev.naru.node.net.Cluster.service;
import static dev.naru.node.net.Cluster.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Cases of the DNS-based service discovery specification. */
final class DnsZoneTest {
  private final Cluster cluster = new Cluster();
  private final DnsZone zone =
      new DnsZone(NetworkConfig.DEFAULT, () -> cluster.catalog().snapshot().entries());

  @BeforeEach
  void services() {
    cluster.put(service("web", "10.96.0.80", 80).build());
    cluster.put(service("mongo", "None", 27017).build());
    cluster.put(
        slice(
            "mongo",
            27017,
            named("10.88.0.2", "mongo-0", true),
            named("10.88.0.3", "mongo-1", false),
            endpoint("10.88.0.4", true)));
    cluster.put(
        new ServiceBuilder(service("peers", "None", 80).build())
            .editSpec()
            .withPublishNotReadyAddresses(true)
            .endSpec()
            .build());
    cluster.put(slice("peers", 80, named("10.88.0.5", "peers-0", false)));
    cluster.put(service("nobody", "None", 80).build());
    cluster.put(external("outside", "www.example.org"));
    cluster.put(external("inside", "web.board.svc.cluster.local"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web.board.svc.cluster.local.            | A    | 10.96.0.80",
        "WEB.Board.svc.cluster.local.            | A    | 10.96.0.80",
        "web.board.svc.cluster.local.            | AAAA | nodata",
        "web.other.svc.cluster.local.            | A    | unknown",
        "board.svc.cluster.local.                | A    | nodata",
        "cluster.local.                          | A    | nodata",
        "nothing.cluster.local.                  | A    | unknown",
        "mongo.board.svc.cluster.local.          | A    | 10.88.0.2 10.88.0.4",
        "mongo-0.mongo.board.svc.cluster.local.  | A    | 10.88.0.2",
        "mongo-0.mongo.board.svc.cluster.local.  | AAAA | nodata",
        "mongo-1.mongo.board.svc.cluster.local.  | A    | unknown",
        "10-88-0-4.mongo.board.svc.cluster.local.| A    | 10.88.0.4",
        "peers-0.peers.board.svc.cluster.local.  | A    | 10.88.0.5",
        "nobody.board.svc.cluster.local.         | A    | unknown",
        "outside.board.svc.cluster.local.        | A    | alias www.example.org.",
        "inside.board.svc.cluster.local.         | A    | web.board.svc.cluster.local. 10.96.0.80",
        "10-88-0-9.board.pod.cluster.local.      | A    | 10.88.0.9",
        "10-99-0-9.board.pod.cluster.local.      | A    | unknown",
        "_http._tcp.web.board.svc.cluster.local. | SRV  | 0 100 80 web.board.svc.cluster.local.",
        "_http._udp.web.board.svc.cluster.local. | SRV  | unknown",
        "_http._tcp.peers.board.svc.cluster.local. | SRV | 0 100 80"
            + " peers-0.peers.board.svc.cluster.local.",
        "80.0.96.10.in-addr.arpa.                | PTR  | web.board.svc.cluster.local.",
        "2.0.88.10.in-addr.arpa.                 | PTR  | mongo-0.mongo.board.svc.cluster.local.",
        "8.8.8.8.in-addr.arpa.                   | PTR  | elsewhere",
        "www.example.org.                        | A    | elsewhere",
      })
  void answers(String name, String type, String expected) throws TextParseException {
    assertThat(text(zone.answer(Name.fromString(name), Type.value(type)))).isEqualTo(expected);
  }

  private static String text(DnsZone.Answer answer) {
    return switch (answer) {
      case DnsZone.Answer.Found found when found.records().isEmpty() -> "nodata";
      case DnsZone.Answer.Found found -> text(found.records());
      case DnsZone.Answer.Unknown unknown -> "unknown";
      case DnsZone.Answer.Alias alias -> "alias " + alias.record().getTarget();
      case DnsZone.Answer.Elsewhere elsewhere -> "elsewhere";
    };
  }

  private static String text(List<Record> records) {
    Stream<String> data = records.stream().map(Record::rdataToString);
    return String.join(
        " ", records.size() > 1 && isA(records) ? data.sorted().toList() : data.toList());
  }

  private static boolean isA(List<Record> records) {
    return records.stream().allMatch(record -> record.getType() == Type.A);
  }

  private static Service external(String name, String target) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("board")
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("ExternalName")
        .withExternalName(target)
        .endSpec()
        .build();
  }

  @Test
  void negativeAnswersAreShortLived() {
    assertThat(zone.authority().getMinimum()).isEqualTo(DnsZone.TTL_SECONDS);
  }
}
