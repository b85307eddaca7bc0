package dev.naru.oci.docker;

import dev.naru.oci.Images;
import dev.naru.oci.OciException;
import dev.naru.oci.build.ImageBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * The part of the Docker Engine API (1.41) that builds, tags and pushes images, on a unix socket of
 * its own: one for each pipeline run, so that runs share no names. A push to the built-in registry
 * is there at once and atomically. What would run containers answers 501.
 */
public final class DockerSession implements AutoCloseable {
  private static final int SOCKET_PATH_BYTES_MAX = 107;
  private static final int THREADS_MAX = 32;
  private static final long IDLE_MAX_MS = 60L * 60 * 1000;

  private final Server server;
  private final EngineApi api;
  private final Path socket;

  private DockerSession(Server server, EngineApi api, Path socket) {
    this.server = server;
    this.api = api;
    this.socket = socket;
  }

  /**
   * Listens on {@code socket} when it returns; whoever reaches the socket's folder may use it.
   *
   * @param socket its folder is there; a file of that name is replaced
   * @throws OciException {@code OCI_STORAGE_FAILED} when the socket cannot be made
   */
  public static DockerSession open(
      Path socket, Images images, ImageBuilder builder, ImageListener listener, Clock clock) {
    Path path = socket.toAbsolutePath();
    if (path.toString().length() > SOCKET_PATH_BYTES_MAX) {
      throw new OciException(
          OciException.STORAGE_FAILED,
          "The path of a unix socket may have %d characters, but '%s' has more."
              .formatted(SOCKET_PATH_BYTES_MAX, path));
    }
    VirtualThreadPool threads = new VirtualThreadPool();
    threads.setName("docker-api");
    threads.setMaxConcurrentTasks(THREADS_MAX);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setUnixDomainPath(path);
    connector.setIdleTimeout(IDLE_MAX_MS);
    server.addConnector(connector);
    EngineApi api = new EngineApi(images, builder, listener, clock);
    server.setHandler(api);
    server.setStopTimeout(0);
    try {
      Files.deleteIfExists(path);
      server.start();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      throw OciException.io("open a docker socket", path, e);
    } catch (Exception e) {
      throw new OciException(
          OciException.STORAGE_FAILED, "Tried to open docker socket " + path + " but: " + e, e);
    }
    return new DockerSession(server, api, path);
  }

  /** Stops listening, cancels what is being built, and forgets the session's names. */
  @Override
  public void close() {
    api.cancelBuilds();
    try {
      server.stop();
      Files.deleteIfExists(socket);
    } catch (Exception e) {
      throw new OciException(
          OciException.STORAGE_FAILED, "Tried to close docker socket " + socket + " but: " + e, e);
    }
  }
}
