package dev.naru.board.session;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoOperations;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;

/**
 * The key that signs tokens: from the configuration, or else from the database, where the first
 * replica that starts puts a random one (insert if absent, so that all replicas agree).
 */
@Component
public class SigningKey {
  private static final String COLLECTION = "settings";
  private static final String ID = "signing-key";
  private static final int KEY_BYTES = 32;

  private final MongoOperations mongo;
  private final SessionProperties properties;
  private volatile @Nullable SecretKey loaded;

  SigningKey(MongoOperations mongo, SessionProperties properties) {
    this.mongo = mongo;
    this.properties = properties;
  }

  /** Reads or makes the key; the first call decides, later ones change nothing. */
  public SecretKey load() {
    SecretKey key = loaded;
    if (key == null) {
      byte[] bytes =
          properties.signingKey().isEmpty() ? fromDatabase() : parse(properties.signingKey());
      key = new SecretKeySpec(bytes, "HmacSHA256");
      loaded = key;
    }
    return key;
  }

  private static byte[] parse(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("Tried to read BOARD_SIGNING_KEY but it is not base64");
    }
    if (bytes.length < KEY_BYTES) {
      throw new IllegalStateException(
          "Tried to use BOARD_SIGNING_KEY but it has %d bytes: it must have %d at least"
              .formatted(bytes.length, KEY_BYTES));
    }
    return bytes;
  }

  private byte[] fromDatabase() {
    byte[] made = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(made);
    Document kept;
    try {
      kept = insertIfAbsent(made);
    } catch (DuplicateKeyException e) {
      kept = insertIfAbsent(made);
    }
    return kept.get("key", Binary.class).getData();
  }

  private Document insertIfAbsent(byte[] made) {
    Document kept =
        mongo.findAndModify(
            query(where("_id").is(ID)),
            new Update().setOnInsert("key", new Binary(made)),
            FindAndModifyOptions.options().upsert(true).returnNew(true),
            Document.class,
            COLLECTION);
    if (kept == null) {
      throw new IllegalStateException("Tried to keep a signing key but nothing came back");
    }
    return kept;
  }
}
