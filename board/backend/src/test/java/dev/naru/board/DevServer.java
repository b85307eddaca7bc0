package dev.naru.board;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import org.springframework.boot.SpringApplication;

/**
 * The backend on a database in memory, for development: {@code mvn spring-boot:test-run
 * -Dspring-boot.run.main-class=dev.naru.board.DevServer}. With the argument {@code database} only
 * the database runs, on port 27017.
 */
final class DevServer {
  private DevServer() {}

  public static void main(String[] args) {
    MongoServer database = new MongoServer(new MemoryBackend());
    if (args.length > 0 && args[0].equals("database")) {
      database.bind(new InetSocketAddress("127.0.0.1", 27017));
      System.out.println(database.getConnectionString());
      return;
    }
    database.bind();
    System.setProperty("MONGODB_URI", database.getConnectionString() + "/board");
    SpringApplication.run(BoardApplication.class, args);
  }
}
