package dev.naru.board.session;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How passwords are kept, and how many failed logins are allowed in a window of time.
 *
 * @param hashCost bcrypt rounds, as a power of two (OWASP: 10 at least)
 * @param attempts for one username from one address
 * @param attemptsPerAddress for all usernames from one address
 */
@ConfigurationProperties(prefix = "board.login", ignoreUnknownFields = false)
record LoginProperties(int hashCost, int attempts, int attemptsPerAddress, Duration window) {}
