package dev.naru.board;

import java.util.concurrent.TimeUnit;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Bounds on every wait for the database, so that a request fails with 503 instead of hanging. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfig {

  @Bean
  MongoClientSettingsBuilderCustomizer bounds(DatabaseProperties properties) {
    long wait = properties.requestWait().toMillis();
    return settings ->
        settings
            .applyToClusterSettings(c -> c.serverSelectionTimeout(wait, TimeUnit.MILLISECONDS))
            .applyToConnectionPoolSettings(
                p -> p.maxSize(50).maxWaitTime(wait, TimeUnit.MILLISECONDS))
            .applyToSocketSettings(
                s ->
                    s.connectTimeout((int) wait, TimeUnit.MILLISECONDS)
                        .readTimeout(10, TimeUnit.SECONDS));
  }
}
