package dev.naru.server.lsp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.services.LanguageClient;

/** One editor's connection. */
public final class LanguageServerProcess {
  private LanguageServerProcess() {}

  /** Ends the input where the editor has said exit, although its pipe may stay open. */
  private static final class UntilExit extends FilterInputStream {
    private final JenkinsfileServer server;

    UntilExit(InputStream in, JenkinsfileServer server) {
      super(in);
      this.server = server;
    }

    @Override
    public int read() throws IOException {
      return server.ended() ? -1 : super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return server.ended() ? -1 : super.read(bytes, offset, length);
    }
  }

  /**
   * Serves until the editor exits or closes the stream.
   *
   * @return 0 when the editor has asked for the shutdown before, else 1
   */
  public static int serve(InputStream in, OutputStream out) throws InterruptedException {
    try (JenkinsfileServer server = new JenkinsfileServer();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Launcher<LanguageClient> launcher =
          new Launcher.Builder<LanguageClient>()
              .setLocalService(server)
              .setRemoteInterface(LanguageClient.class)
              .setInput(new UntilExit(in, server))
              .setOutput(out)
              .setExecutorService(threads)
              .create();
      server.connect(launcher.getRemoteProxy());
      Future<Void> listening = launcher.startListening();
      try {
        listening.get();
      } catch (CancellationException | ExecutionException e) {
        throw new IllegalStateException("the connection to the editor broke: " + e, e);
      }
      return server.shutDown() ? 0 : 1;
    }
  }
}
