package dev.naru.board.problem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Ends a request with one {@link Problem}, written as RFC 9457 problem details. */
public final class ProblemException extends RuntimeException {
  private final Problem problem;
  private final Map<String, Object> members;
  private final Duration retryAfter;

  private ProblemException(Problem problem, Map<String, Object> members, Duration retryAfter) {
    super(problem.code(), null, false, false);
    this.problem = problem;
    this.members = Map.copyOf(members);
    this.retryAfter = retryAfter;
  }

  public static ProblemException of(Problem problem) {
    return new ProblemException(problem, Map.of(), Duration.ZERO);
  }

  /** One field is not as it must be; {@code code} says how. */
  public static ProblemException invalid(String field, String code) {
    return new ProblemException(
        Problem.INVALID, Map.of("errors", List.of(new FieldError(field, code))), Duration.ZERO);
  }

  /** The problem with one more member, such as the state that the request was in conflict with. */
  public static ProblemException with(Problem problem, String member, Object value) {
    return new ProblemException(problem, Map.of(member, value), Duration.ZERO);
  }

  /** The client is to wait; the time is rounded up to whole seconds (RFC 9110, 10.2.3). */
  public static ProblemException retryAfter(Problem problem, Duration wait) {
    return new ProblemException(problem, Map.of(), wait);
  }

  ResponseEntity<Object> toResponse() {
    HttpHeaders headers = new HttpHeaders();
    if (retryAfter.isPositive()) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter.plusMillis(999).toSeconds()));
    }
    ProblemDetail detail = detail(problem);
    members.forEach(detail::setProperty);
    return new ResponseEntity<>(detail, headers, problem.status());
  }

  static ProblemDetail detail(Problem problem) {
    ProblemDetail detail = ProblemDetail.forStatusAndDetail(problem.status(), problem.sentence());
    detail.setProperty("code", problem.code());
    return detail;
  }

  /** What is wrong with one field of a request. */
  record FieldError(String field, String code) {}
}
