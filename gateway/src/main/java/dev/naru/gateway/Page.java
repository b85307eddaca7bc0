package dev.naru.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * A short answer of the gateway itself, for a person (HTML) or a program (JSON problem details, RFC
 * 9457), as Accept asks.
 */
record Page(int status, String sentence, boolean retryLater) {
  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"));
  private static final String RETRY_AFTER_SECONDS = "5";

  Page(int status, String sentence) {
    this(status, sentence, false);
  }

  /** Whether an Accept value prefers JSON: it names JSON and not HTML. */
  static boolean wantsJson(String accept) {
    String lower = accept.toLowerCase(Locale.ROOT);
    return lower.contains("json") && !lower.contains("text/html");
  }

  /**
   * Writes the whole response.
   *
   * @param requestId empty before one was given
   */
  void write(
      ByteWriter out,
      boolean json,
      boolean withBody,
      boolean close,
      String requestId,
      byte[] date) {
    String reason = REASONS.getOrDefault(status, "Error");
    byte[] body =
        (json ? json(reason, requestId) : html(reason, requestId)).getBytes(StandardCharsets.UTF_8);
    out.clear().text("HTTP/1.1 ").number(status).text(" ").line(reason);
    out.line(
        json ? "Content-Type: application/problem+json" : "Content-Type: text/html; charset=utf-8");
    out.text("Content-Length: ").number(body.length).crlf();
    out.line("Cache-Control: no-store");
    if (retryLater) {
      out.text("Retry-After: ").line(RETRY_AFTER_SECONDS);
    }
    if (status == 405) {
      out.line("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    if (!requestId.isEmpty()) {
      out.text("X-Request-Id: ").line(requestId);
    }
    if (close) {
      out.line("Connection: close");
    }
    out.text("Date: ").bytes(date).crlf().crlf();
    if (withBody) {
      out.bytes(body);
    }
  }

  private String html(String reason, String requestId) {
    String id = requestId.isEmpty() ? "" : "<p><small>Request " + escape(requestId) + "</small>";
    return "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
        + "<title>"
        + status
        + " "
        + reason
        + "</title><body style=\"font:16px/1.5 system-ui;max-width:40em;margin:15vh auto;padding:0 1em\">"
        + "<h1>"
        + status
        + " "
        + reason
        + "</h1><p>"
        + escape(sentence)
        + "</p>"
        + id
        + "\n";
  }

  private String json(String reason, String requestId) {
    String id = requestId.isEmpty() ? "" : ",\"requestId\":\"" + quote(requestId) + "\"";
    return "{\"title\":\""
        + reason
        + "\",\"status\":"
        + status
        + ",\"detail\":\""
        + quote(sentence)
        + "\""
        + id
        + "}\n";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String quote(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
