package dev.naru.images;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import org.h2.mvstore.MVStore;

/** A database whose collections are {@link OrderedCollection}s, in the same file layout. */
final class OrderedDatabase extends H2Database {
  private final MVStore store;

  /** Opens every collection that the store has, so the field is set before that. */
  OrderedDatabase(String name, MVStore store, CursorRegistry cursors) {
    this.store = store;
    super(name, store, cursors);
  }

  @Override
  protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
    String full = getDatabaseName() + "." + name;
    return new OrderedCollection(
        this,
        name,
        options,
        store.openMap("databases." + full),
        store.openMap("meta." + full),
        cursorRegistry);
  }
}
