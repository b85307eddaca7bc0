package dev.naru.node;

import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.container.Exec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Runs what probes and life-cycle hooks name: a program in the container, an HTTP request or a TCP
 * connection from the machine to the pod.
 *
 * <p>HTTP: status 200 to 399 is success, redirects are not followed, certificates are not checked
 * (Kubernetes, "HTTP probes").
 */
final class Handlers {
  private static final int HEAD_MAX_BYTES = 16 * 1024;
  private static final int OUTPUT_MAX_BYTES = 1024;

  private final ContainerRuntime runtime;
  private final String podIp;

  Handlers(ContainerRuntime runtime, String podIp) {
    this.runtime = runtime;
    this.podIp = podIp;
  }

  /** {@code message} says what was seen, for an event. */
  record Result(boolean success, String message) {
    static final Result GOOD = new Result(true, "");
  }

  Result probe(Probe probe, Container container, String id) throws InterruptedException {
    Duration max =
        Duration.ofSeconds(probe.getTimeoutSeconds() == null ? 1 : probe.getTimeoutSeconds());
    if (probe.getExec() != null) {
      return exec(probe.getExec(), id, max);
    }
    if (probe.getHttpGet() != null) {
      return http(probe.getHttpGet(), container, max);
    }
    if (probe.getTcpSocket() != null) {
      String host = probe.getTcpSocket().getHost();
      return tcp(host, port(probe.getTcpSocket().getPort(), container), max);
    }
    return new Result(
        false, "a probe of this kind is not supported; there are exec, httpGet and tcpSocket");
  }

  Result hook(LifecycleHandler hook, Container container, String id, Duration max)
      throws InterruptedException {
    if (hook.getExec() != null) {
      return exec(hook.getExec(), id, max);
    }
    if (hook.getHttpGet() != null) {
      return http(hook.getHttpGet(), container, max);
    }
    if (hook.getSleep() != null) {
      TimeUnit.SECONDS.sleep(Math.min(hook.getSleep().getSeconds(), max.toSeconds()));
      return Result.GOOD;
    }
    return new Result(
        false, "a hook of this kind is not supported; there are exec, httpGet and sleep");
  }

  private Result exec(ExecAction action, String id, Duration max) throws InterruptedException {
    try (Exec exec = Exec.start(runtime, id, Pods.list(action.getCommand()), false)) {
      exec.stdin().close();
      StringBuilder output = new StringBuilder();
      Thread out = Thread.startVirtualThread(() -> drain(exec.stdout(), output));
      Thread err = Thread.startVirtualThread(() -> drain(exec.stderr(), output));
      Optional<Integer> code = exec.waitFor(max);
      if (code.isEmpty()) {
        return new Result(false, "command timed out after " + Math.max(1, max.toSeconds()) + "s");
      }
      out.join(Duration.ofMillis(200));
      err.join(Duration.ofMillis(200));
      synchronized (output) {
        return new Result(code.get() == 0, output.toString().strip());
      }
    } catch (IOException e) {
      return new Result(false, "Tried to run a command in the container but failed: " + e);
    }
  }

  private static void drain(InputStream in, StringBuilder into) {
    byte[] buffer = new byte[1024];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        append(into, new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      append(into, " (output cut: " + e.getMessage() + ")");
    }
  }

  private static void append(StringBuilder into, String text) {
    synchronized (into) {
      if (into.length() < OUTPUT_MAX_BYTES) {
        into.append(text);
      }
    }
  }

  private Result tcp(@Nullable String host, int port, Duration max) {
    String address = host == null || host.isEmpty() ? podIp : host;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), millis(max));
      return Result.GOOD;
    } catch (IOException e) {
      return new Result(false, "dial tcp %s:%d: %s".formatted(address, port, e.getMessage()));
    }
  }

  private Result http(HTTPGetAction action, Container container, Duration max) {
    boolean tls = "HTTPS".equalsIgnoreCase(action.getScheme());
    String host = action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
    int port = port(action.getPort(), container);
    String path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
    String url = "%s://%s:%d%s".formatted(tls ? "https" : "http", host, port, path);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), millis(max));
      socket.setSoTimeout(millis(max));
      try (Socket stream = tls ? wrap(socket, host, port) : socket) {
        stream
            .getOutputStream()
            .write(
                request(action, host, port, path.startsWith("/") ? path : "/" + path)
                    .getBytes(StandardCharsets.UTF_8));
        int status = status(stream.getInputStream());
        return status >= 200 && status < 400
            ? Result.GOOD
            : new Result(false, "HTTP probe failed with statuscode: " + status);
      }
    } catch (IOException e) {
      return new Result(false, "Get \"%s\": %s".formatted(url, e.getMessage()));
    }
  }

  private static String request(HTTPGetAction action, String host, int port, String path) {
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    boolean hostGiven = false;
    boolean agentGiven = false;
    for (HTTPHeader header : Pods.list(action.getHttpHeaders())) {
      hostGiven |= header.getName().equalsIgnoreCase("Host");
      agentGiven |= header.getName().equalsIgnoreCase("User-Agent");
      text.append(header.getName()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (!hostGiven) {
      text.append("Host: ").append(host).append(':').append(port).append("\r\n");
    }
    if (!agentGiven) {
      text.append("User-Agent: kube-probe/naru\r\n");
    }
    return text.append("Accept: */*\r\nConnection: close\r\n\r\n").toString();
  }

  /** Reads the status line only: the rest says nothing about health. */
  private static int status(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < HEAD_MAX_BYTES; c = in.read()) {
      line.append((char) c);
    }
    String[] words = line.toString().strip().split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("[0-9]{3}")) {
      throw new IOException("malformed HTTP response");
    }
    return Integer.parseInt(words[1]);
  }

  private static SSLSocket wrap(Socket socket, String host, int port) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS in this Java", e);
    }
  }

  /** The pod's certificate names its Service, not its address, and is often its own authority. */
  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static int millis(Duration max) {
    return (int) Math.clamp(max.toMillis(), 1L, 600_000L);
  }

  private static int port(IntOrString port, Container container) {
    if (port.getIntVal() != null && port.getIntVal() > 0) {
      return port.getIntVal();
    }
    String name = port.getStrVal() == null ? "" : port.getStrVal();
    if (name.matches("[0-9]{1,5}")) {
      return Integer.parseInt(name);
    }
    return Pods.list(container.getPorts()).stream()
        .filter(p -> name.equals(p.getName()))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElse(0);
  }
}
