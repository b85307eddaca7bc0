package dev.naru.images;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentComparator;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;

/**
 * A collection that remembers the orders in which it was asked for a page, so that the next page in
 * such an order is read from its place instead of sorting everything. Orders live in memory only
 * and follow every change; they are built by the first query that wants them.
 */
final class OrderedCollection extends H2Collection {
  private static final int ORDERS_MAX = 4;

  private final MVMap<Object, Document> documents;

  /** By the text of the order, the longest unused first. Guarded by this. */
  private final LinkedHashMap<String, Order> orders = new LinkedHashMap<>(8, 0.75f, true);

  OrderedCollection(
      MongoDatabase database,
      String name,
      CollectionOptions options,
      MVMap<Object, Document> documents,
      MVMap<String, Object> meta,
      CursorRegistry cursors) {
    super(database, name, options, documents, meta, cursors);
    this.documents = documents;
  }

  @Override
  protected synchronized QueryResult matchDocuments(
      Document query, Document orderBy, int skip, int limit, int batchSize, Document projection) {
    if (orderBy == null
        || orderBy.isEmpty()
        || limit <= 0
        || orderBy.keySet().stream().anyMatch(k -> k.startsWith("$"))) {
      return super.matchDocuments(query, orderBy, skip, limit, batchSize, projection);
    }
    Order order = orders.get(orderBy.toString());
    if (order == null) {
      if (orders.size() == ORDERS_MAX) {
        orders.remove(orders.keySet().iterator().next());
      }
      Order built = new Order(orderBy);
      documents.forEach(built::put);
      orders.put(orderBy.toString(), built);
      order = built;
    }
    return matchDocumentsFromStream(
        query,
        order.sorted.values().stream().map(documents::get),
        skip,
        limit,
        batchSize,
        null,
        projection);
  }

  @Override
  protected synchronized Object addDocumentInternal(Document document) {
    Object position = super.addDocumentInternal(document);
    orders.values().forEach(o -> o.put(position, document));
    return position;
  }

  @Override
  protected synchronized void removeDocument(Object position) {
    super.removeDocument(position);
    orders.values().forEach(o -> o.remove(position));
  }

  @Override
  protected synchronized void handleUpdate(Object position, Document before, Document after) {
    super.handleUpdate(position, before, after);
    orders.values().forEach(o -> o.put(position, after));
  }

  /** Positions in one order; documents of equal keys by the order in which they came. */
  private static final class Order {
    private record Key(Document fields, long came) {}

    private final Document by;
    private final Map<Object, Key> keys = new HashMap<>();
    private final TreeMap<Key, Object> sorted;
    private long came;

    Order(Document by) {
      this.by = by.clone();
      DocumentComparator fields = new DocumentComparator(this.by);
      this.sorted =
          new TreeMap<>(
              (a, b) -> {
                int difference = fields.compare(a.fields(), b.fields());
                return difference != 0 ? difference : Long.compare(a.came(), b.came());
              });
    }

    void put(Object position, Document document) {
      Key old = keys.get(position);
      Key key = new Key(fields(document), old == null ? came++ : old.came());
      if (old != null) {
        sorted.remove(old);
      }
      keys.put(position, key);
      sorted.put(key, position);
    }

    void remove(Object position) {
      Key key = keys.remove(position);
      if (key != null) {
        sorted.remove(key);
      }
    }

    /** What the comparison looks at; a copy, as documents change in place. */
    private Document fields(Document document) {
      Document copy = new Document();
      for (String path : by.keySet()) {
        String top = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        if (document.containsKey(top)) {
          Object value = document.get(top);
          copy.put(top, value instanceof Document d ? d.cloneDeeply() : value);
        }
      }
      return copy;
    }
  }
}
