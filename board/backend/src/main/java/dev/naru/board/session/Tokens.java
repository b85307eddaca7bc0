package dev.naru.board.session;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.stereotype.Component;

/** JSON Web Tokens (RFC 7519), signed with HMAC-SHA256: {@code sub} user, {@code jti} session. */
@Component
class Tokens {
  private static final String ISSUER = "board";

  private final SigningKey signingKey;
  private final Clock clock;
  private volatile @Nullable Codec codec;

  Tokens(SigningKey signingKey, Clock clock) {
    this.signingKey = signingKey;
    this.clock = clock;
  }

  /** A token that ends when the session does, as far as that is known now. */
  String issue(Session session, String username) {
    JwtClaimsSet claims =
        JwtClaimsSet.builder()
            .issuer(ISSUER)
            .subject(session.userId())
            .id(session.id())
            .claim("name", username)
            .issuedAt(clock.instant())
            .expiresAt(session.expiresAt())
            .build();
    JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
    return codec().encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
  }

  /** What the token claims; empty when it is not ours, was changed, or has expired. */
  Optional<Claims> verify(String token) {
    try {
      Jwt jwt = codec().decoder.decode(token);
      String username = jwt.getClaimAsString("name");
      if (jwt.getSubject() == null || jwt.getId() == null || username == null) {
        return Optional.empty();
      }
      return Optional.of(new Claims(jwt.getSubject(), jwt.getId(), username));
    } catch (JwtException e) {
      return Optional.empty();
    }
  }

  private Codec codec() {
    Codec made = codec;
    if (made == null) {
      NimbusJwtDecoder decoder =
          NimbusJwtDecoder.withSecretKey(signingKey.load())
              .macAlgorithm(MacAlgorithm.HS256)
              .build();
      JwtTimestampValidator times = new JwtTimestampValidator(Duration.ZERO);
      times.setClock(clock);
      decoder.setJwtValidator(
          new DelegatingOAuth2TokenValidator<>(times, new JwtIssuerValidator(ISSUER)));
      made = new Codec(NimbusJwtEncoder.withSecretKey(signingKey.load()).build(), decoder);
      codec = made;
    }
    return made;
  }

  private record Codec(JwtEncoder encoder, JwtDecoder decoder) {}

  record Claims(String userId, String sessionId, String username) {}
}
