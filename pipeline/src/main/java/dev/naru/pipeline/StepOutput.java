package dev.naru.pipeline;

import dev.naru.pipeline.lang.HostCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.OptionalLong;

/** The way of a script's output into the log: masked, stamped, with how far it was read. */
final class StepOutput {
  private final RunLog log;
  private final HostCall call;
  private final Masker masker;
  private final LineStamps stamps;
  private final Clock clock;
  private long read;

  StepOutput(RunLog log, HostCall call, Masker masker, LineStamps stamps, Clock clock) {
    this.log = log;
    this.call = call;
    this.masker = masker;
    this.stamps = stamps;
    this.clock = clock;
  }

  /** Writes the title when nothing was written yet; returns from where the output is to be read. */
  long begin(String title) throws IOException {
    OptionalLong before = log.read(call.id());
    read = before.orElse(0);
    if (before.isEmpty() && !title.isEmpty()) {
      append(stamps.take(title.getBytes(StandardCharsets.UTF_8)));
    }
    return read;
  }

  void take(byte[] bytes, int offset, int length) throws IOException {
    byte[] shown = masker.take(bytes, offset, length);
    read += length;
    if (shown.length > 0) {
      append(stamps.take(shown));
    }
  }

  void finish() throws IOException {
    byte[] rest = masker.finish();
    if (rest.length > 0) {
      append(stamps.take(rest));
    }
  }

  private void append(byte[] bytes) throws IOException {
    log.append(call.id(), call.where().stage(), bytes, read - masker.held(), clock.millis());
  }
}
