package dev.naru.kube;

import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTPS listener of the API. Closing it ends the connections; the API itself goes on. */
public final class KubeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeServer.class);

  /** Longer than the pause between two heartbeats of a watch. */
  private static final long IDLE_MS = 300_000;

  private static final int REQUEST_HEADER_MAX = 64 * 1024;

  private final Server server;
  private final ServerConnector connector;

  private KubeServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  static KubeServer start(InetSocketAddress address, SSLContext tls, Handler handler) {
    VirtualThreadPool threads = new VirtualThreadPool();
    threads.setName("kube-http");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(REQUEST_HEADER_MAX);
    // No check of the host name: clients come by address, by localhost and by service name.
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls);
    ssl.setWantClientAuth(true);
    ServerConnector connector =
        new ServerConnector(
            server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(http));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MS);
    server.addConnector(connector);
    server.setHandler(handler);
    server.setStopTimeout(0);
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new KubeException(
          "KUBE_SERVE",
          "Tried to serve the Kubernetes API at " + address + " but failed: " + e.getMessage(),
          e);
    }
    return new KubeServer(server, connector);
  }

  /** The port that is bound; useful when 0 was asked for. */
  public int port() {
    return connector.getLocalPort();
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("the listener of the API did not stop in order", e);
    }
  }

  @Override
  public void close() {
    stop(server);
  }
}
