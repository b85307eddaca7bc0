package dev.naru.board.problem;

import org.springframework.http.HttpStatus;

/**
 * Everything that this API can answer instead of success. The code is the contract: clients
 * translate it; the sentence is for whoever reads the answer by hand.
 */
public enum Problem {
  INVALID(HttpStatus.BAD_REQUEST, "invalid", "Some fields are not as they must be: see errors."),
  MALFORMED(HttpStatus.BAD_REQUEST, "malformed", "The request could not be read."),
  NOT_SIGNED_IN(HttpStatus.UNAUTHORIZED, "not_signed_in", "There is no session: log in first."),
  WRONG_LOGIN(HttpStatus.UNAUTHORIZED, "wrong_login", "The username or the password is wrong."),
  FORGED(
      HttpStatus.FORBIDDEN,
      "forged",
      "A request that changes something must carry the header X-Board-Request, from the same site."),
  NOT_AUTHOR(HttpStatus.FORBIDDEN, "not_author", "Only its author may change a post."),
  NOT_FOUND(HttpStatus.NOT_FOUND, "not_found", "There is nothing here."),
  POST_NOT_FOUND(HttpStatus.NOT_FOUND, "post_not_found", "The post is not there (any more)."),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Not a method of this resource."),
  USERNAME_TAKEN(HttpStatus.CONFLICT, "username_taken", "Somebody has this username already."),
  POST_CHANGED(
      HttpStatus.CONFLICT,
      "post_changed",
      "The post was changed after it was read: see current for what it is now."),
  LENGTH_REQUIRED(
      HttpStatus.LENGTH_REQUIRED, "length_required", "A body must come with its Content-Length."),
  TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "too_large", "The body is larger than 64 KiB."),
  UNSUPPORTED_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_type", "A body must be application/json."),
  TOO_MANY_ATTEMPTS(
      HttpStatus.TOO_MANY_REQUESTS,
      "too_many_attempts",
      "Too many failed logins: wait as long as Retry-After says."),
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "The server failed; it is in its log."),
  UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "The database cannot be reached: try again.");

  private final HttpStatus status;
  private final String code;
  private final String sentence;

  Problem(HttpStatus status, String code, String sentence) {
    this.status = status;
    this.code = code;
    this.sentence = sentence;
  }

  public HttpStatus status() {
    return status;
  }

  public String code() {
    return code;
  }

  String sentence() {
    return sentence;
  }
}
