package dev.naru.git;

import dev.naru.git.GitAccess.Credential;
import dev.naru.git.GitAccess.Grant;
import dev.naru.git.GitAccess.Right;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.http.server.GitSmartHttpTools;
import org.eclipse.jgit.http.server.resolver.AsIsFileService;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.resolver.ServiceNotEnabledException;

/**
 * Smart HTTP for {@code /<name>.git/…}. Every request is signed in; the dumb protocol is not
 * served.
 *
 * <p>Source: gitprotocol-http(5); RFC 7617 (Basic).
 */
final class GitEndpoint extends GitServlet {
  private static final long serialVersionUID = 1L;
  private static final Pattern PATH =
      Pattern.compile("/([a-z0-9]([-a-z0-9.]*[a-z0-9])?)\\.git(/.*)?");
  private static final String GRANT = "dev.naru.git.grant";
  private static final String QUARANTINE = "dev.naru.git.quarantine";

  private final transient HostedRepositories repositories;
  private final transient GitAccess access;

  GitEndpoint(HostedRepositories repositories, GitAccess access) {
    this.repositories = repositories;
    this.access = access;
    setAsIsFileService(AsIsFileService.DISABLED);
    setRepositoryResolver(
        (request, name) -> {
          String plain = name.endsWith(".git") ? name.substring(0, name.length() - 4) : name;
          return repositories
              .find(plain)
              .orElseThrow(() -> new RepositoryNotFoundException(name))
              .share();
        });
    setReceivePackFactory((request, git) -> receivePack(request));
  }

  private ReceivePack receivePack(HttpServletRequest request) throws ServiceNotEnabledException {
    if (!(request.getAttribute(GRANT) instanceof Grant grant)) {
      throw new ServiceNotEnabledException("not signed in");
    }
    try {
      return repositories.receiver(
          repositoryOf(request).orElseThrow(ServiceNotEnabledException::new),
          grant.user(),
          quarantine -> request.setAttribute(QUARANTINE, quarantine));
    } catch (IOException e) {
      throw new ServiceNotEnabledException("the repository cannot take a push now", e);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    Optional<String> repository = repositoryOf(request);
    if (repository.isEmpty()) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND, "no such repository");
      return;
    }
    Optional<Grant> grant = credential(request).flatMap(c -> access.signIn(c, repository.get()));
    if (grant.isEmpty()) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"naru\", charset=\"UTF-8\"");
      response.sendError(HttpServletResponse.SC_UNAUTHORIZED, "sign in to use this repository");
      return;
    }
    if (grant.get().right() == Right.NONE) {
      GitSmartHttpTools.sendError(
          request, response, HttpServletResponse.SC_NOT_FOUND, "no such repository");
      return;
    }
    if (pushes(request) && grant.get().right() != Right.WRITE) {
      GitSmartHttpTools.sendError(
          request,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "user '" + grant.get().user() + "' may not push to '" + repository.get() + "'");
      return;
    }
    request.setAttribute(GRANT, grant.get());
    try {
      super.service(request, response);
    } finally {
      if (request.getAttribute(QUARANTINE) instanceof Quarantine quarantine) {
        quarantine.close();
      }
    }
  }

  private static boolean pushes(HttpServletRequest request) {
    return GitSmartHttpTools.isReceivePack(request)
        || GitSmartHttpTools.RECEIVE_PACK.equals(request.getParameter("service"));
  }

  private static Optional<String> repositoryOf(HttpServletRequest request) {
    String path = request.getPathInfo();
    Matcher matcher = PATH.matcher(path == null ? "" : path);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<Credential> credential(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null) {
      return Optional.empty();
    }
    int space = header.indexOf(' ');
    String scheme = space < 0 ? header : header.substring(0, space).toLowerCase(Locale.ROOT);
    String value = space < 0 ? "" : header.substring(space + 1).strip();
    return switch (scheme) {
      case "bearer" -> Optional.of(new Credential.Token(value));
      case "basic" -> basic(value);
      default -> Optional.empty();
    };
  }

  private static Optional<Credential> basic(String value) {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    String pair = new String(decoded, StandardCharsets.UTF_8);
    int colon = pair.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Optional.of(new Credential.Password(pair.substring(0, colon), pair.substring(colon + 1)));
  }
}
