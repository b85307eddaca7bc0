package dev.naru.kube;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port-forward as fabric8 asks for it: per port a data channel (even) and an error channel (odd),
 * each beginning with the port as two bytes, little-endian.
 */
final class PortForwardSession implements ChannelSession {
  private static final Logger LOG = LoggerFactory.getLogger(PortForwardSession.class);
  private static final int CHUNK = 16 * 1024;
  private static final int INPUT_MAX = 256;
  private static final byte[] END = {};

  /** Opens a connection to a port of the pod. */
  interface Opener {
    PodAccess.Connection open(int port) throws IOException;
  }

  private record Forward(int port, PodAccess.Connection connection, BlockingQueue<byte[]> input) {}

  private final List<Forward> forwards;
  private final ExecutorService threads;

  /** Connects to all ports. */
  PortForwardSession(List<Integer> ports, Opener opener, ExecutorService threads)
      throws IOException {
    this.threads = threads;
    List<Forward> opened = new ArrayList<>();
    try {
      for (int port : ports) {
        opened.add(new Forward(port, opener.open(port), new ArrayBlockingQueue<>(INPUT_MAX)));
      }
    } catch (IOException e) {
      opened.forEach(f -> f.connection().close());
      throw e;
    }
    this.forwards = List.copyOf(opened);
  }

  @Override
  public void open(Client client) {
    for (int i = 0; i < forwards.size(); i++) {
      Forward forward = forwards.get(i);
      byte data = (byte) (2 * i);
      threads.submit(() -> pump(forward, data, client));
      threads.submit(() -> feed(forward));
    }
  }

  private static void pump(Forward forward, byte channel, Client client) {
    try {
      byte low = (byte) forward.port();
      byte high = (byte) (forward.port() >> 8);
      client.send(new byte[] {channel, low, high});
      client.send(new byte[] {(byte) (channel + 1), low, high});
      InputStream in = forward.connection().in();
      byte[] buffer = new byte[CHUNK];
      for (int n = in.read(buffer, 1, CHUNK - 1); n >= 0; n = in.read(buffer, 1, CHUNK - 1)) {
        buffer[0] = channel;
        client.send(Arrays.copyOf(buffer, n + 1));
      }
      client.close(1000, "");
    } catch (IOException e) {
      LOG.debug("a forwarded port ended, port={}", forward.port(), e);
      client.close(1011, "the connection to the pod broke");
    }
  }

  private static void feed(Forward forward) {
    try {
      while (true) {
        byte[] data = forward.input().take();
        if (data.length == 0) {
          return;
        }
        forward.connection().out().write(data);
        forward.connection().out().flush();
      }
    } catch (InterruptedException | IOException e) {
      LOG.debug("the input of a forwarded port ended, port={}", forward.port(), e);
    }
  }

  @Override
  public void frame(byte[] frame) {
    int channel = frame.length == 0 ? -1 : frame[0];
    if (frame.length < 2 || channel % 2 != 0 || channel / 2 >= forwards.size()) {
      return;
    }
    try {
      forwards.get(channel / 2).input().put(Arrays.copyOfRange(frame, 1, frame.length));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void closed() {
    for (Forward forward : forwards) {
      forward.input().offer(END);
      forward.connection().close();
    }
  }
}
