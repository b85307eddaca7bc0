package dev.naru.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random changes and pages, beside a list that is sorted anew each time. */
final class OrderedCollectionTest {
  private static final long SEED = 20_260_101;
  private static final int STEPS = 1_500;

  private record Order(Bson sort, Comparator<Document> by) {}

  /** More orders than are remembered, so that some are built again. */
  private static final List<Order> ORDERS =
      List.of(
          new Order(Sorts.descending("at", "_id"), by("at").thenComparing(by("_id")).reversed()),
          new Order(Sorts.ascending("at", "_id"), by("at").thenComparing(by("_id"))),
          new Order(Sorts.descending("_id"), by("_id").reversed()),
          new Order(
              Sorts.orderBy(Sorts.ascending("who.name"), Sorts.descending("_id")),
              Comparator.comparing((Document d) -> d.get("who", Document.class).getString("name"))
                  .thenComparing(by("_id").reversed())),
          new Order(
              Sorts.orderBy(Sorts.descending("at"), Sorts.ascending("_id")),
              by("at").reversed().thenComparing(by("_id"))));

  @TempDir Path folder;

  @Test
  void everyPageIsWhatSortingAnewGives() throws Exception {
    Random random = new Random(SEED);
    Map<Integer, Document> model = new TreeMap<>();
    for (int life = 0; life < 2; life++) {
      try (MongoServer server = MongoServer.start("127.0.0.1", 0, folder);
          MongoClient client =
              MongoClients.create("mongodb://127.0.0.1:" + server.address().getPort())) {
        MongoCollection<Document> all = client.getDatabase("board").getCollection("posts");
        for (int step = 0; step < STEPS; step++) {
          change(random, model, all);
          page(random, model, all, "seed " + SEED + " life " + life + " step " + step);
        }
      }
    }
  }

  private static void change(
      Random random, Map<Integer, Document> model, MongoCollection<Document> all) {
    int id = random.nextInt(120);
    switch (random.nextInt(4)) {
      case 0 -> {
        model.remove(id);
        all.deleteOne(Filters.eq(id));
      }
      case 1 -> {
        int at = random.nextInt(20);
        if (model.containsKey(id)) {
          model.get(id).put("at", at);
        }
        all.updateOne(Filters.eq(id), Updates.set("at", at));
      }
      default -> {
        Document next = document(id, random);
        if (model.containsKey(id)) {
          all.replaceOne(Filters.eq(id), next);
        } else {
          all.insertOne(next);
        }
        model.put(id, next);
      }
    }
  }

  private static void page(
      Random random, Map<Integer, Document> model, MongoCollection<Document> all, String where) {
    Order order = ORDERS.get(random.nextInt(ORDERS.size()));
    int below = random.nextInt(25);
    int skip = random.nextInt(3);
    int limit = 1 + random.nextInt(30);
    List<Document> expected =
        model.values().stream()
            .filter(d -> d.getInteger("at") < below)
            .sorted(order.by())
            .skip(skip)
            .limit(limit)
            .toList();
    assertThat(
            all.find(Filters.lt("at", below))
                .sort(order.sort())
                .skip(skip)
                .limit(limit)
                .into(new ArrayList<>()))
        .as(where)
        .isEqualTo(expected);
  }

  private static Document document(int id, Random random) {
    return new Document("_id", id)
        .append("at", random.nextInt(20))
        .append("who", new Document("name", "n" + random.nextInt(5)));
  }

  private static Comparator<Document> by(String field) {
    return Comparator.comparing(d -> d.getInteger(field));
  }
}
