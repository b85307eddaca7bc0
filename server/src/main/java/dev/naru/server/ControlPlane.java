package dev.naru.server;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.staticfiles.Location;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's HTTP: console, session, run logs, the Kubernetes API for signed-in users
 * ({@code /api/k8s}), Git ({@code /git}) and the registry ({@code /v2}). It listens on loopback and
 * on the bridge; the gateway brings {@code naru.localhost} here.
 */
final class ControlPlane implements AutoCloseable {
  private static final int COPY_BUFFER_BYTES = 16 << 10;
  private static final long WATCH_IDLE_MS_MAX = 10 * 60_000L;

  /** The log of a pipeline run: bytes from an offset, ending with the run when following. */
  interface RunLog {
    Optional<InputStream> open(String run, long offset, boolean follow) throws IOException;
  }

  /**
   * What is served below its path; the Kubernetes API is behind sign-in, the others sign in
   * themselves.
   */
  record Mounts(Handler kube, HttpServlet git, HttpServlet registry) {}

  private final Javalin javalin;

  private ControlPlane(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * @param hosts addresses to listen on, each on {@code port}
   * @param console the built web UI
   */
  static ControlPlane start(
      List<String> hosts, int port, Path console, SignIn signIn, Mounts mounts, RunLog logs) {
    Javalin javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.concurrency.useVirtualThreads = true;
              // The API answers below its prefix and leaves the rest to the handler after it.
              config.jetty.modifyServer(
                  server -> server.setHandler(new Handler.Sequence(mounts.kube())));
              config.jetty.modifyServletContextHandler(context -> mount(context, mounts));
              for (String host : hosts) {
                config.jetty.addConnector(
                    (server, http) -> {
                      ServerConnector connector = new ServerConnector(server);
                      connector.setHost(host);
                      connector.setPort(port);
                      connector.setIdleTimeout(WATCH_IDLE_MS_MAX);
                      return connector;
                    });
              }
              if (Files.isDirectory(console)) {
                config.staticFiles.add(console.toString(), Location.EXTERNAL);
                config.spaRoot.addFile(
                    "/", console.resolve("index.html").toString(), Location.EXTERNAL);
              }
              signIn.routes(config.routes);
              config.routes.get("/api/runs/{run}/log", ctx -> log(ctx, signIn, logs));
              config.routes.get("/healthz", ctx -> ctx.result("ok"));
            });
    javalin.start();
    return new ControlPlane(javalin);
  }

  private static void mount(ServletContextHandler context, Mounts mounts) {
    add(context, mounts.git(), "/git/*");
    add(context, mounts.registry(), "/v2/*");
  }

  private static void add(ServletContextHandler context, HttpServlet servlet, String path) {
    ServletHolder holder = new ServletHolder(servlet);
    holder.setAsyncSupported(true);
    context.addServlet(holder, path);
  }

  /** The registry alone, on loopback, where `localhost:5000/<name>` leads. */
  static ControlPlane registry(int port, HttpServlet registry) {
    Javalin javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.concurrency.useVirtualThreads = true;
              config.jetty.host = "127.0.0.1";
              config.jetty.port = port;
              config.jetty.modifyServletContextHandler(context -> add(context, registry, "/v2/*"));
            });
    javalin.start();
    return new ControlPlane(javalin);
  }

  private static void log(Context ctx, SignIn signIn, RunLog logs) throws IOException {
    if (signIn.user(ctx.req()).isEmpty()) {
      ctx.status(HttpStatus.UNAUTHORIZED);
      return;
    }
    long offset = number(ctx.queryParam("offset"));
    boolean follow = Boolean.parseBoolean(ctx.queryParam("follow"));
    Optional<InputStream> log = logs.open(ctx.pathParam("run"), offset, follow);
    if (log.isEmpty()) {
      ctx.status(HttpStatus.NOT_FOUND)
          .result("There is no log of run '" + ctx.pathParam("run") + "'");
      return;
    }
    ctx.contentType("text/plain; charset=utf-8").header("Cache-Control", "no-store");
    // Flushed at every read, so that a line is seen when it is written.
    byte[] buffer = new byte[COPY_BUFFER_BYTES];
    try (InputStream in = log.get()) {
      OutputStream out = ctx.res().getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
    }
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? 0 : Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
