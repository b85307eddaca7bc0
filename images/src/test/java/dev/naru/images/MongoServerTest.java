package dev.naru.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the driver that Spring Boot brings. */
final class MongoServerTest {
  private static final Pattern PORT = Pattern.compile("listening on \\S+:(\\d+)");

  @TempDir Path folder;

  private static MongoClient client(int port) {
    return MongoClients.create("mongodb://127.0.0.1:" + port + "/?retryWrites=true");
  }

  private static MongoCollection<Document> posts(MongoClient client) {
    return client.getDatabase("board").getCollection("posts");
  }

  private record Running(Process process, int port) {}

  private Running startProcess() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.naru.images.MongoServer",
                "--port",
                "0",
                "--bind_ip",
                "127.0.0.1",
                "--dbpath",
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    Matcher matcher = PORT.matcher(String.valueOf(out.readLine()));
    assertThat(matcher.find()).isTrue();
    return new Running(process, Integer.parseInt(matcher.group(1)));
  }

  @Test
  void everyAnsweredWriteSurvivesKill9() throws Exception {
    List<ObjectId> answered = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      Running running = startProcess();
      try (MongoClient client = client(running.port)) {
        MongoCollection<Document> posts = posts(client);
        posts.createIndex(Indexes.ascending("slug"), new IndexOptions().unique(true));
        assertThat(posts.find().into(new ArrayList<>()).stream().map(d -> d.getObjectId("_id")))
            .containsExactlyInAnyOrderElementsOf(answered);
        for (int i = 0; i < 200; i++) {
          Document post = new Document("slug", round + "-" + i).append("text", "x".repeat(2000));
          posts.insertOne(post);
          answered.add(post.getObjectId("_id"));
        }
        ObjectId gone = answered.removeFirst();
        posts.deleteOne(Filters.eq(gone));
        running.process.destroyForcibly().waitFor();
      }
    }
    Running running = startProcess();
    try (MongoClient client = client(running.port)) {
      assertThat(posts(client).countDocuments()).isEqualTo(answered.size());
      assertThat(posts(client).find(Filters.eq("slug", "2-199")).first()).isNotNull();
      assertThatThrownBy(() -> posts(client).insertOne(new Document("slug", "2-199")))
          .isInstanceOf(MongoWriteException.class);
      running.process.destroy();
      assertThat(running.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      running.process.destroyForcibly();
    }
  }

  @Test
  void doesWhatABulletinBoardNeeds() throws IOException {
    try (MongoServer server = MongoServer.start("127.0.0.1", 0, folder);
        MongoClient client = client(server.address().getPort())) {
      MongoCollection<Document> posts = posts(client);
      posts.createIndex(Indexes.descending("createdAt", "_id"), new IndexOptions().name("feed"));
      posts.createIndex(
          Indexes.ascending("expiresAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS));
      assertThat(posts.listIndexes().into(new ArrayList<>())).isNotEmpty();
      for (int i = 0; i < 25; i++) {
        posts.insertOne(
            new Document("n", i)
                .append("version", 0L)
                .append("createdAt", java.time.Instant.ofEpochMilli(i)));
      }
      List<Document> page =
          posts
              .find(Filters.lt("createdAt", java.time.Instant.ofEpochMilli(20)))
              .sort(Sorts.descending("createdAt", "_id"))
              .limit(10)
              .into(new ArrayList<>());
      assertThat(page).extracting(d -> d.getInteger("n")).startsWith(19, 18).hasSize(10);

      Document changed =
          posts.findOneAndUpdate(
              Filters.and(Filters.eq("n", 3), Filters.eq("version", 0L)),
              Updates.combine(Updates.set("text", "나루"), Updates.inc("version", 1L)),
              new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER));
      assertThat(changed).containsEntry("version", 1L).containsEntry("text", "나루");
      assertThat(
              posts
                  .replaceOne(
                      Filters.and(Filters.eq("n", 3), Filters.eq("version", 0L)), new Document())
                  .getMatchedCount())
          .isZero();
      posts.withWriteConcern(WriteConcern.JOURNALED).insertOne(new Document("n", 99));
      assertThat(
              posts.aggregate(
                  List.of(
                      new Document("$match", new Document("n", new Document("$gte", 20))),
                      new Document("$count", "c"))))
          .containsExactly(new Document("c", 6));
      try (var session = client.startSession()) {
        assertThat(posts.countDocuments(session)).isEqualTo(26);
      }
      assertThat(client.getDatabase("admin").runCommand(new Document("hello", 1)))
          .containsEntry("ok", 1.0);
    }
  }

  @Test
  void aClosedServerGivesItsDataToTheNext() throws IOException {
    try (MongoServer server = MongoServer.start("127.0.0.1", 0, folder);
        MongoClient client = client(server.address().getPort())) {
      posts(client).insertOne(new Document("_id", 1));
      assertThatThrownBy(() -> MongoServer.start("127.0.0.1", 0, folder))
          .hasMessageContaining("locked");
    }
    try (MongoServer server = MongoServer.start("127.0.0.1", 0, folder);
        MongoClient client = client(server.address().getPort())) {
      assertThat(posts(client).find()).containsExactly(new Document("_id", 1));
    }
  }
}
