package dev.naru.board;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The application as it runs, on a database behind the real wire protocol; one for all tests. */
final class Board {
  static final TestClock CLOCK = new TestClock();
  private static final MongoServer DATABASE = new MongoServer(new MemoryBackend());
  static final String DATABASE_URI = database();
  private static final Board SHARED = start(DATABASE_URI);

  private final ConfigurableApplicationContext context;

  private Board(ConfigurableApplicationContext context) {
    this.context = context;
  }

  private static String database() {
    DATABASE.bind();
    return DATABASE.getConnectionString() + "/board";
  }

  static Board shared() {
    return SHARED;
  }

  /** One more replica, on the database of this URI and a port of its own. */
  static Board start(String databaseUri, String... properties) {
    return start(databaseUri, 0, properties);
  }

  static Board start(String databaseUri, int port, String... properties) {
    List<String> arguments =
        Stream.concat(
                Stream.of(
                    "--MONGODB_URI=" + databaseUri, "--PORT=" + port, "--board.login.hash-cost=4"),
                Stream.of(properties).map(p -> "--" + p))
            .toList();
    return new Board(
        new SpringApplicationBuilder(BoardApplication.class, TestConfig.class)
            .registerShutdownHook(false)
            .run(arguments.toArray(String[]::new)));
  }

  String uri() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  Browser browser() {
    return new Browser(uri());
  }

  /** How many requests this replica has begun to read and not yet answered. */
  int requestsUnderWay() {
    return bean(Requests.class).underWay.get();
  }

  void stop() {
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  static class TestConfig {
    @Bean
    @Primary
    TestClock testClock() {
      return CLOCK;
    }

    @Bean
    Requests requests() {
      return new Requests();
    }
  }

  static final class Requests implements ServletRequestListener {
    private final AtomicInteger underWay = new AtomicInteger();

    @Override
    public void requestInitialized(ServletRequestEvent event) {
      underWay.incrementAndGet();
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
      underWay.decrementAndGet();
    }
  }
}
