package dev.naru.board;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long the database is waited for.
 *
 * @param requestWait by a request, before it is answered with 503
 * @param startWait by the start, before the process ends
 */
@ConfigurationProperties(prefix = "board.database", ignoreUnknownFields = false)
record DatabaseProperties(Duration requestWait, Duration startWait) {}
