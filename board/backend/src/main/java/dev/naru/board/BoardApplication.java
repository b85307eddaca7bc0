package dev.naru.board;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The bulletin board's backend: accounts, sessions and posts over JSON, kept in MongoDB. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BoardApplication {

  public static void main(String[] args) {
    SpringApplication.run(BoardApplication.class, args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
