package dev.naru.server.lsp;

import dev.naru.pipeline.lang.Position;
import dev.naru.pipeline.lint.Finding;
import dev.naru.pipeline.lint.Guide;
import dev.naru.pipeline.lint.Linter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.jspecify.annotations.Nullable;

/**
 * The open documents. Findings are looked for on one thread of its own, so that hover and
 * completion need not wait; a text that was changed in the meantime is skipped.
 */
final class Documents implements TextDocumentService, AutoCloseable {
  private static final int OPEN_MAX = 1_000;

  private record Document(int version, String text) {}

  private final Map<String, Document> open = new ConcurrentHashMap<>();
  private final ExecutorService linting =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("lint").factory());
  private volatile @Nullable LanguageClient client;
  private volatile List<String> workspaces = List.of();

  /** The folders that the editor has open, as URIs. */
  void workspaces(List<String> uris) {
    workspaces = uris;
  }

  void connect(LanguageClient to) {
    client = to;
  }

  @Override
  public void didOpen(DidOpenTextDocumentParams params) {
    var document = params.getTextDocument();
    changed(document.getUri(), new Document(document.getVersion(), document.getText()));
  }

  @Override
  public void didChange(DidChangeTextDocumentParams params) {
    var document = params.getTextDocument();
    if (!params.getContentChanges().isEmpty() && open.containsKey(document.getUri())) {
      Integer version = document.getVersion();
      changed(
          document.getUri(),
          new Document(
              version == null ? 0 : version, params.getContentChanges().getLast().getText()));
    }
  }

  @Override
  public void didClose(DidCloseTextDocumentParams params) {
    String uri = params.getTextDocument().getUri();
    if (open.remove(uri) != null) {
      publish(new PublishDiagnosticsParams(uri, List.of()));
    }
  }

  @Override
  public void didSave(DidSaveTextDocumentParams params) {
    // The text is known from didChange.
  }

  private void changed(String uri, Document document) {
    if (open.size() >= OPEN_MAX && !open.containsKey(uri)) {
      return;
    }
    open.put(uri, document);
    linting.execute(() -> lint(uri, document));
  }

  private void lint(String uri, Document document) {
    if (!document.equals(open.get(uri))) {
      return;
    }
    try {
      List<Diagnostic> diagnostics =
          new Linter(new NearbyManifests(uri, workspaces))
              .lint("Jenkinsfile", document.text()).stream().map(Documents::diagnostic).toList();
      if (document.equals(open.get(uri))) {
        publish(new PublishDiagnosticsParams(uri, diagnostics, document.version()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(PublishDiagnosticsParams params) {
    LanguageClient to = client;
    if (to != null) {
      to.publishDiagnostics(params);
    }
  }

  private static Diagnostic diagnostic(Finding f) {
    Diagnostic diagnostic =
        new Diagnostic(
            range(f.line(), f.column(), f.length()),
            f.message() + (f.fix().isEmpty() ? "" : ". " + f.fix()),
            f.isError() ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
            "naru");
    diagnostic.setCode(f.rule().id());
    return diagnostic;
  }

  /** The protocol counts from 0, and in UTF-16 units as we do. */
  private static Range range(int line, int column, int length) {
    return new Range(
        new org.eclipse.lsp4j.Position(line - 1, column - 1),
        new org.eclipse.lsp4j.Position(line - 1, column - 1 + length));
  }

  private static Position position(org.eclipse.lsp4j.Position at) {
    return new Position(Math.max(0, at.getLine()) + 1, Math.max(0, at.getCharacter()) + 1);
  }

  private Optional<Guide> guide(String uri) {
    return Optional.ofNullable(open.get(uri)).map(d -> new Guide(d.text()));
  }

  @Override
  public CompletableFuture<Hover> hover(HoverParams params) {
    Position at = position(params.getPosition());
    Hover none = new Hover(List.of());
    return CompletableFuture.completedFuture(
        guide(params.getTextDocument().getUri())
            .flatMap(g -> g.meaning(at))
            .map(
                m ->
                    new Hover(
                        new MarkupContent(MarkupKind.MARKDOWN, m.documentation()),
                        range(at.line(), m.column(), m.length())))
            .orElse(none));
  }

  @Override
  public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(
      CompletionParams params) {
    Position at = position(params.getPosition());
    List<CompletionItem> items =
        guide(params.getTextDocument().getUri())
            .map(g -> g.candidates(at))
            .orElse(List.of())
            .stream()
            .map(Documents::item)
            .toList();
    return CompletableFuture.completedFuture(Either.forLeft(items));
  }

  private static CompletionItem item(Guide.Candidate c) {
    CompletionItem item = new CompletionItem(c.name());
    item.setKind(CompletionItemKind.Keyword);
    item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, c.documentation()));
    item.setInsertText(c.insert());
    return item;
  }

  @Override
  public void close() {
    linting.shutdownNow();
    linting.close();
  }
}
