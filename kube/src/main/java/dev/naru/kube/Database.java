package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Resource.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The SQLite file: WAL mode, {@code synchronous=FULL}, so a commit that returned has been flushed.
 * Used by one thread at a time (at start the opener, then the store's writer).
 */
final class Database implements AutoCloseable {
  private final Path file;
  private final Connection connection;
  private final PreparedStatement upsert;
  private final PreparedStatement delete;
  private final PreparedStatement version;

  private Database(Path file, Connection connection) throws SQLException {
    this.file = file;
    this.connection = connection;
    try (Statement s = connection.createStatement()) {
      s.execute("PRAGMA journal_mode=WAL");
      s.execute("PRAGMA synchronous=FULL");
      s.execute("PRAGMA busy_timeout=5000");
      s.execute(
          """
          CREATE TABLE IF NOT EXISTS objects(
            grp TEXT NOT NULL, resource TEXT NOT NULL,
            key TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (grp, resource, key))""");
      s.execute(
          """
          CREATE TABLE IF NOT EXISTS counter(
            id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)""");
      s.execute("INSERT OR IGNORE INTO counter VALUES (1, 0)");
    }
    upsert =
        connection.prepareStatement(
            """
            INSERT INTO objects VALUES (?,?,?,?,?)
            ON CONFLICT(grp, resource, key)
            DO UPDATE SET version=excluded.version, body=excluded.body""");
    delete =
        connection.prepareStatement("DELETE FROM objects WHERE grp=? AND resource=? AND key=?");
    version = connection.prepareStatement("UPDATE counter SET version=? WHERE id=1");
    connection.setAutoCommit(false);
  }

  static Database open(Path file) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      if (!Files.exists(file)) {
        // Secrets are in it.
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try {
        return new Database(file, connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new KubeException(
          "KUBE_STORE", "Tried to open the database " + file + " but failed: " + e.getMessage(), e);
    }
  }

  State load() {
    long newest;
    Map<Table, List<Stored>> all = new HashMap<>();
    try (Statement s = connection.createStatement()) {
      try (ResultSet rows =
          s.executeQuery("SELECT grp, resource, key, version, body FROM objects")) {
        while (rows.next()) {
          byte[] body = rows.getBytes(5);
          if (!(Json.parse(body) instanceof ObjectNode json)) {
            throw new SQLException("object " + rows.getString(3) + " is no JSON object");
          }
          Table table = new Table(rows.getString(1), rows.getString(2));
          all.computeIfAbsent(table, t -> new ArrayList<>())
              .add(new Stored(rows.getLong(4), json, body));
        }
      }
      try (ResultSet row = s.executeQuery("SELECT version FROM counter")) {
        row.next();
        newest = row.getLong(1);
      }
      connection.rollback();
    } catch (SQLException | StatusException e) {
      throw failed("read", e);
    }
    Map<Table, State.Rows> tables = new HashMap<>();
    all.forEach(
        (table, list) -> {
          list.sort(Comparator.comparing(Stored::key));
          tables.put(
              table,
              new State.Rows(
                  list.stream().map(Stored::key).toArray(String[]::new),
                  list.toArray(Stored[]::new)));
        });
    return new State(newest, Map.copyOf(tables));
  }

  void put(Table table, String key, Stored stored) {
    try {
      upsert.setString(1, table.group());
      upsert.setString(2, table.plural());
      upsert.setString(3, key);
      upsert.setLong(4, stored.version());
      upsert.setBytes(5, stored.bytes());
      upsert.executeUpdate();
    } catch (SQLException e) {
      throw failed("write " + table.id() + " " + key + " to", e);
    }
  }

  void delete(Table table, String key) {
    try {
      delete.setString(1, table.group());
      delete.setString(2, table.plural());
      delete.setString(3, key);
      delete.executeUpdate();
    } catch (SQLException e) {
      throw failed("delete " + table.id() + " " + key + " from", e);
    }
  }

  void version(long newest) {
    try {
      version.setLong(1, newest);
      version.executeUpdate();
    } catch (SQLException e) {
      throw failed("write the version to", e);
    }
  }

  void commit() {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw failed("commit (the outcome is unknown) to", e);
    }
  }

  void rollback() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw failed("roll back in", e);
    }
  }

  private KubeException failed(String what, Exception e) {
    return new KubeException(
        "KUBE_STORE",
        "Tried to " + what + " the database " + file + " but failed: " + e.getMessage(),
        e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("close", e);
    }
  }
}
