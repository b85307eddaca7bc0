package dev.naru.board.session;

import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses forged and oversized requests before anything is read.
 *
 * <p>Forged: a request that changes something must carry {@code X-Board-Request}. Another site
 * cannot make a browser send a header of its own without a CORS preflight, which is never granted
 * here (OWASP CSRF Prevention, "Employing Custom Request Headers"). SameSite=Lax on the cookie is
 * the second wall, {@code Sec-Fetch-Site} the third.
 */
final class RequestGuard extends OncePerRequestFilter {
  static final String HEADER = "X-Board-Request";
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final long BODY_BYTES_MAX = 64 * 1024;

  private final ProblemWriter problems;

  RequestGuard(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!SAFE.contains(request.getMethod())
        && (request.getHeader(HEADER) == null
            || "cross-site".equals(request.getHeader("Sec-Fetch-Site")))) {
      problems.write(response, Problem.FORGED);
    } else if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
      problems.write(response, Problem.LENGTH_REQUIRED);
    } else if (request.getContentLengthLong() > BODY_BYTES_MAX) {
      problems.write(response, Problem.TOO_LARGE);
    } else {
      chain.doFilter(request, response);
    }
  }
}
