package dev.naru.server.lsp;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.MessageConsumer;
import org.eclipse.lsp4j.jsonrpc.json.StreamMessageConsumer;
import org.eclipse.lsp4j.services.LanguageClient;

/** One editor's connection. */
public final class LanguageServerProcess {
  private LanguageServerProcess() {}

  private static final class ToEditor {
    private volatile MessageConsumer consumer = m -> {};
  }

  /**
   * Serves until the editor exits or closes the stream.
   *
   * @return 0 when the editor has asked for the shutdown before, else 1
   */
  public static int serve(InputStream in, OutputStream out) throws InterruptedException {
    try (JenkinsfileServer server = new JenkinsfileServer();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // The gate answers by the same consumer as LSP4J, which writes whole messages under a lock.
      ToEditor toEditor = new ToEditor();
      Launcher<LanguageClient> launcher =
          new Launcher.Builder<LanguageClient>()
              .setLocalService(server)
              .setRemoteInterface(LanguageClient.class)
              .setInput(new Gate(in, server, m -> toEditor.consumer.consume(m)))
              .setOutput(out)
              .setExecutorService(threads)
              .wrapMessages(
                  consumer -> {
                    if (consumer instanceof StreamMessageConsumer) {
                      toEditor.consumer = consumer;
                    }
                    return consumer;
                  })
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
