package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.DiskFull;
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
 *
 * <p>Transactions are begun and ended by statements of our own: when a disk is full SQLite may roll
 * back by itself, and the driver, which begins the next transaction only after a commit that went
 * well, would then let each write stand for itself.
 */
final class Database implements AutoCloseable {
  private final Path file;
  private final Connection connection;
  private Statements statements;

  /** What is run for every write. The driver finalizes a statement that fails. */
  private record Statements(
      PreparedStatement upsert,
      PreparedStatement delete,
      PreparedStatement version,
      PreparedStatement begin,
      PreparedStatement commit)
      implements AutoCloseable {
    static Statements prepare(Connection connection) throws SQLException {
      return new Statements(
          connection.prepareStatement(
              """
              INSERT INTO objects VALUES (?,?,?,?,?)
              ON CONFLICT(grp, resource, key)
              DO UPDATE SET version=excluded.version, body=excluded.body"""),
          connection.prepareStatement("DELETE FROM objects WHERE grp=? AND resource=? AND key=?"),
          connection.prepareStatement("UPDATE counter SET version=? WHERE id=1"),
          connection.prepareStatement("BEGIN IMMEDIATE"),
          connection.prepareStatement("COMMIT"));
    }

    @Override
    public void close() throws SQLException {
      for (PreparedStatement one : List.of(upsert, delete, version, begin, commit)) {
        one.close();
      }
    }
  }

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
    statements = Statements.prepare(connection);
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
      throw failed("open", file, e);
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

  /**
   * Begins a transaction; after it come {@link #commit} or, after any failure, {@link #rollback}.
   */
  void begin() {
    try {
      statements.begin.execute();
    } catch (SQLException e) {
      throw failed("begin a write to", e);
    }
  }

  void put(Table table, String key, Stored stored) {
    try {
      statements.upsert.setString(1, table.group());
      statements.upsert.setString(2, table.plural());
      statements.upsert.setString(3, key);
      statements.upsert.setLong(4, stored.version());
      statements.upsert.setBytes(5, stored.bytes());
      statements.upsert.executeUpdate();
    } catch (SQLException e) {
      throw failed("write " + table.id() + " " + key + " to", e);
    }
  }

  void delete(Table table, String key) {
    try {
      statements.delete.setString(1, table.group());
      statements.delete.setString(2, table.plural());
      statements.delete.setString(3, key);
      statements.delete.executeUpdate();
    } catch (SQLException e) {
      throw failed("delete " + table.id() + " " + key + " from", e);
    }
  }

  void version(long newest) {
    try {
      statements.version.setLong(1, newest);
      statements.version.executeUpdate();
    } catch (SQLException e) {
      throw failed("write the version to", e);
    }
  }

  void commit() {
    try {
      statements.commit.execute();
    } catch (SQLException e) {
      throw DiskFull.is(e)
          ? failed("commit to", e)
          : failed("commit (the outcome is unknown) to", e);
    }
  }

  /**
   * Takes back what was written since {@link #begin}, also when SQLite has done so by itself, and
   * makes the next transaction possible.
   */
  void rollback() {
    try (Statement s = connection.createStatement()) {
      s.execute("ROLLBACK");
    } catch (SQLException e) {
      // Source: sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw failed("roll back in", e);
      }
    }
    try {
      statements.close();
      statements = Statements.prepare(connection);
    } catch (SQLException e) {
      throw failed("prepare writes to", e);
    }
  }

  private KubeException failed(String what, Exception e) {
    return failed(what, file, e);
  }

  private static KubeException failed(String what, Path file, Exception e) {
    if (DiskFull.is(e)) {
      // SQLite has written no commit frame then, so this holds for a commit, too.
      return new KubeException(
          KubeException.DISK_FULL,
          "Tried to "
              + what
              + " the database "
              + file
              + " but the disk is full; nothing was changed. Free some space there and try again.",
          e);
    }
    return new KubeException(
        KubeException.STORE,
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
