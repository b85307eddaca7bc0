package dev.naru.kube;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Says who sent a request. Whoever has a name may do everything: there is one kind of user.
 *
 * <p>An implementation must be safe for concurrent use, and compare secrets in constant time.
 */
@FunctionalInterface
public interface Authenticator {
  /** What a request shows of its sender. */
  interface Sender {
    /** The first value of a header, an empty text when there is none. */
    String header(String name);

    /** The chain of a client certificate that the TLS trust accepted, leaf first; often empty. */
    List<X509Certificate> certificates();
  }

  /** The user name; empty refuses the request with 401. */
  Optional<String> user(Sender sender);
}
