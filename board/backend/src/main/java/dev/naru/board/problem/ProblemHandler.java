package dev.naru.board.problem;

import com.mongodb.MongoException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns whatever ends a request early into problem details with a code. */
@RestControllerAdvice
final class ProblemHandler extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  @ExceptionHandler
  ResponseEntity<Object> problem(ProblemException e) {
    return e.toResponse();
  }

  @ExceptionHandler
  ResponseEntity<Object> unavailable(DataAccessResourceFailureException e) {
    log.warn("The database cannot be reached: {}", e.getMessage());
    return ProblemException.of(Problem.UNAVAILABLE).toResponse();
  }

  @ExceptionHandler
  ResponseEntity<Object> other(Exception e) {
    if (e.getCause() instanceof MongoException) {
      log.warn("The database refused an operation", e);
      return ProblemException.of(Problem.UNAVAILABLE).toResponse();
    }
    log.error("A request failed", e);
    return ProblemException.of(Problem.INTERNAL).toResponse();
  }

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<ProblemException.FieldError> errors =
        e.getFieldErrors().stream()
            .map(f -> new ProblemException.FieldError(f.getField(), "" + f.getDefaultMessage()))
            .sorted((a, b) -> a.toString().compareTo(b.toString()))
            .toList();
    return ProblemException.with(Problem.INVALID, "errors", errors).toResponse();
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    Problem problem =
        switch (status.value()) {
          case 404 -> Problem.NOT_FOUND;
          case 405 -> Problem.METHOD_NOT_ALLOWED;
          case 415 -> Problem.UNSUPPORTED_TYPE;
          case 503 -> Problem.UNAVAILABLE;
          default -> status.is4xxClientError() ? Problem.MALFORMED : Problem.INTERNAL;
        };
    if (problem == Problem.INTERNAL) {
      log.error("A request failed", e);
    }
    ProblemDetail detail = ProblemException.detail(problem);
    return super.handleExceptionInternal(e, detail, headers, problem.status(), request);
  }
}
