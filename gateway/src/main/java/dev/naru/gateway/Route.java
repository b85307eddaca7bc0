package dev.naru.gateway;

/**
 * One rule of the table, or a default backend.
 *
 * @param path as written in the Ingress; empty for a default backend
 */
record Route(
    String ingress, String host, PathMatch match, String path, Backend backend, RouteStats stats) {
  enum PathMatch {
    EXACT,
    /** Element by element; also {@code ImplementationSpecific}. */
    PREFIX,
    DEFAULT
  }

  /** The Kubernetes rules of Ingress v1 {@code pathType}; {@code requestPath} has no query. */
  boolean matches(String requestPath) {
    return switch (match) {
      case DEFAULT -> true;
      case EXACT -> requestPath.equals(path);
      case PREFIX -> matchesPrefix(requestPath);
    };
  }

  private boolean matchesPrefix(String requestPath) {
    int n = path.length();
    if (n > 0 && path.charAt(n - 1) == '/') {
      n--; // a trailing slash of the rule does not count
    }
    return requestPath.regionMatches(0, path, 0, n)
        && (requestPath.length() == n || requestPath.charAt(n) == '/');
  }
}
