package dev.naru.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Accounts at(Instant now) {
    return new Accounts("pass", "token", "key", Clock.fixed(now, ZoneOffset.UTC));
  }

  private final Accounts accounts = at(NOW);

  @Test
  void eachUserHasTheirRole() {
    assertThat(accounts.byPassword("admin", "pass")).contains(new User("admin", Role.ADMIN));
    assertThat(accounts.byPassword("ci", accounts.ciPassword()))
        .contains(new User("ci", Role.WRITE));
    assertThat(accounts.byPassword("run-a", accounts.runPassword("a")))
        .contains(new User("run-a", Role.READ));
    assertThat(accounts.byToken("token")).contains(new User("admin", Role.ADMIN));
  }

  @Test
  void othersStayOut() {
    assertThat(accounts.byPassword("admin", "")).isEmpty();
    assertThat(accounts.byPassword("nobody", "pass")).isEmpty();
    assertThat(accounts.byPassword("run-b", accounts.runPassword("a"))).isEmpty();
    assertThat(accounts.byPassword("ci", accounts.runPassword("ci"))).isEmpty();
    assertThat(accounts.byToken("pass")).isEmpty();
  }

  @Test
  void sessionLastsItsTimeAndSurvivesARestart() {
    String cookie = accounts.newSession(new User("admin", Role.ADMIN));
    assertThat(at(NOW.plus(Accounts.SESSION)).bySession(cookie)).isPresent();
    assertThat(at(NOW.plus(Accounts.SESSION).plus(Duration.ofSeconds(1))).bySession(cookie))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.b", "!!.aa", "YWRtaW58QURNSU58OTk5OTk5OTk5OTk.00"})
  void forgedSessionsAreRefused(String cookie) {
    assertThat(accounts.bySession(cookie)).isEmpty();
  }

  @Test
  void changedGrantIsRefused() {
    String cookie = accounts.newSession(new User("run-a", Role.READ));
    String admin = accounts.newSession(new User("admin", Role.ADMIN));
    String mixed = admin.substring(0, admin.indexOf('.')) + cookie.substring(cookie.indexOf('.'));
    assertThat(accounts.bySession(mixed)).isEmpty();
  }

  @Test
  void rolesIncludeTheOnesBelow() {
    assertThat(Role.ADMIN.may(Role.READ)).isTrue();
    assertThat(Role.READ.may(Role.WRITE)).isFalse();
  }
}
