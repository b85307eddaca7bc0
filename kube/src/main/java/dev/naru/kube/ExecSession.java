package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exec and attach: channels 0 stdin, 1 stdout, 2 stderr, 3 status, 4 resize, 255 close. */
final class ExecSession implements ChannelSession {
  private static final Logger LOG = LoggerFactory.getLogger(ExecSession.class);
  private static final byte STDIN = 0;
  private static final byte STDOUT = 1;
  private static final byte STDERR = 2;
  private static final byte STATUS = 3;
  private static final byte RESIZE = 4;
  private static final byte CLOSE = (byte) 255;
  private static final int CHUNK = 16 * 1024;
  private static final int INPUT_MAX = 256;
  private static final byte[] END = {};

  private final PodAccess.Session process;
  private final ExecutorService threads;
  private final BlockingQueue<byte[]> input = new ArrayBlockingQueue<>(INPUT_MAX);
  private volatile @Nullable Future<?> main;

  /** Takes over {@code process}: it is closed at the end, or with the connection. */
  ExecSession(PodAccess.Session process, ExecutorService threads) {
    this.process = process;
    this.threads = threads;
  }

  @Override
  public void open(Client client) {
    threads.submit(this::feed);
    main = threads.submit(() -> talk(client));
  }

  private void talk(Client client) {
    Future<?> out = threads.submit(() -> pump(process.stdout(), STDOUT, client));
    Future<?> err = threads.submit(() -> pump(process.stderr(), STDERR, client));
    try {
      int code = process.exitCode();
      out.get();
      err.get();
      client.send(frame(STATUS, Json.bytes(status(code))));
      client.close(1000, "");
    } catch (InterruptedException e) {
      LOG.debug("the client of an exec has gone");
    } catch (IOException | java.util.concurrent.ExecutionException e) {
      LOG.debug("an exec ended early", e);
      client.close(1011, "the stream broke");
    } finally {
      out.cancel(true);
      err.cancel(true);
      input.offer(END);
      process.close();
    }
  }

  private static ObjectNode status(int code) {
    ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    if (code == 0) {
      return status.put("status", "Success");
    }
    status
        .put("status", "Failure")
        .put("message", "command terminated with non-zero exit code: exit status " + code)
        .put("reason", "NonZeroExitCode");
    status
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "ExitCode")
        .put("message", Integer.toString(code));
    return status.put("code", 500);
  }

  private static void pump(InputStream in, byte channel, Client client) {
    byte[] buffer = new byte[CHUNK];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        client.send(frame(channel, Arrays.copyOf(buffer, n)));
      }
    } catch (IOException e) {
      LOG.debug("a stream of an exec ended, channel={}", channel, e);
    }
  }

  private static byte[] frame(byte channel, byte[] data) {
    byte[] frame = new byte[data.length + 1];
    frame[0] = channel;
    System.arraycopy(data, 0, frame, 1, data.length);
    return frame;
  }

  private void feed() {
    try {
      while (true) {
        byte[] data = input.take();
        if (data.length == 0) {
          process.stdin().close();
          return;
        }
        process.stdin().write(data);
        process.stdin().flush();
      }
    } catch (InterruptedException | IOException e) {
      LOG.debug("the input of an exec ended", e);
    }
  }

  @Override
  public void frame(byte[] frame) {
    if (frame.length == 0) {
      return;
    }
    byte[] data = Arrays.copyOfRange(frame, 1, frame.length);
    switch (frame[0]) {
      case STDIN -> {
        if (data.length > 0) {
          offer(data);
        }
      }
      case RESIZE -> resize(data);
      case CLOSE -> {
        if (data.length == 1 && data[0] == STDIN) {
          offer(END);
        }
      }
      default -> LOG.debug("a frame on an unknown channel, channel={}", frame[0]);
    }
  }

  private void offer(byte[] data) {
    try {
      // Blocks the connection's reader, which is how a slow process slows its client.
      input.put(data);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resize(byte[] data) {
    try {
      JsonNode size = Json.parse(data);
      process.resize(size.path("Width").asInt(), size.path("Height").asInt());
    } catch (StatusException e) {
      LOG.debug("an unreadable terminal size", e);
    }
  }

  @Override
  public void closed() {
    Future<?> running = main;
    if (running != null) {
      running.cancel(true);
    }
  }
}
