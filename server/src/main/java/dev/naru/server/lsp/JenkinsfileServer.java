package dev.naru.server.lsp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/**
 * The lifecycle of LSP 3.17: nothing is answered before {@code initialize} and nothing but {@code
 * exit} is taken after {@code shutdown}. {@link Gate} asks it before a message gets here.
 */
final class JenkinsfileServer implements LanguageServer, AutoCloseable {
  private enum State {
    NEW,
    SERVING,
    SHUT_DOWN
  }

  private final Documents documents = new Documents();
  private volatile State state = State.NEW;
  private volatile boolean ended;

  void connect(LanguageClient client) {
    documents.connect(client);
  }

  boolean shutDown() {
    return state == State.SHUT_DOWN;
  }

  boolean ended() {
    return ended;
  }

  /** Why a message comes too early or too late; empty when it may be handled. */
  Optional<ResponseError> refusal(String method) {
    if (method.equals("exit")) {
      return Optional.empty();
    }
    boolean initialize = method.equals("initialize");
    return switch (state) {
      case NEW ->
          initialize
              ? Optional.empty()
              : error(ResponseErrorCode.ServerNotInitialized, "initialize has to come first");
      case SERVING ->
          initialize
              ? error(ResponseErrorCode.InvalidRequest, "initialize comes once only")
              : Optional.empty();
      case SHUT_DOWN -> error(ResponseErrorCode.InvalidRequest, "the server has been shut down");
    };
  }

  private static Optional<ResponseError> error(ResponseErrorCode code, String why) {
    return Optional.of(new ResponseError(code, why, null));
  }

  @Override
  public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
    List<WorkspaceFolder> folders = params.getWorkspaceFolders();
    if (folders != null) {
      documents.workspaces(folders.stream().map(WorkspaceFolder::getUri).toList());
    }
    state = State.SERVING;
    ServerCapabilities capabilities = new ServerCapabilities();
    capabilities.setTextDocumentSync(TextDocumentSyncKind.Full);
    capabilities.setHoverProvider(true);
    capabilities.setCompletionProvider(new CompletionOptions(false, List.of()));
    return CompletableFuture.completedFuture(
        new InitializeResult(capabilities, new ServerInfo("naru lsp")));
  }

  @Override
  public CompletableFuture<Object> shutdown() {
    state = State.SHUT_DOWN;
    // The protocol's answer to shutdown is null.
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void exit() {
    ended = true;
  }

  @Override
  public void setTrace(SetTraceParams params) {
    // Traces are not kept.
  }

  @Override
  public TextDocumentService getTextDocumentService() {
    return documents;
  }

  @Override
  public WorkspaceService getWorkspaceService() {
    return new WorkspaceService() {
      @Override
      public void didChangeConfiguration(DidChangeConfigurationParams params) {
        // There is nothing to configure.
      }

      @Override
      public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {
        // No file is watched.
      }
    };
  }

  @Override
  public void close() {
    documents.close();
  }
}
