package dev.naru.oci.build;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The network that RUN steps have. The room that owns pods' networks gives one. */
public interface BuildNetwork {
  /** No network but loopback. */
  BuildNetwork NONE = () -> new Attachment(Optional.empty(), List.of(), () -> {});

  /**
   * A network for one step.
   *
   * @param namespace path of a network namespace to enter; empty for a new one without interfaces
   * @param nameservers for {@code /etc/resolv.conf}
   * @param release gives it back; called once
   */
  record Attachment(Optional<Path> namespace, List<String> nameservers, Runnable release) {
    public Attachment {
      nameservers = List.copyOf(nameservers);
    }
  }

  Attachment attach();
}
