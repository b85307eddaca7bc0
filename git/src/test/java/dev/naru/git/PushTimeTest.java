package dev.naru.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.ReflogEntry;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the reflog of a real repository, whose own times are whole seconds. */
class PushTimeTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir Path dir;

  @Test
  void keepsMilliseconds() throws Exception {
    assertThat(PushTime.of(logged(PushTime.message(AT)))).isEqualTo(AT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"push", "push at noonZ", "commit: push at 2026-01-02T03:04:05.678Z"})
  void anythingElseHasTheEntrysOwnTime(String message) throws Exception {
    ReflogEntry entry = logged(message);
    assertThat(PushTime.of(entry)).isEqualTo(entry.getWho().getWhenAsInstant()).isNotEqualTo(AT);
  }

  private ReflogEntry logged(String message) throws Exception {
    try (Git git = Git.init().setDirectory(dir.toFile()).setBare(true).call()) {
      Repository repository = git.getRepository();
      repository.getConfig().setString("core", null, "logAllRefUpdates", "always");
      PersonIdent who = new PersonIdent("jin", "jin@naru", AT, ZoneOffset.UTC);
      RefUpdate update = repository.updateRef("refs/heads/main");
      update.setNewObjectId(commit(repository, who));
      update.setRefLogIdent(who);
      update.setRefLogMessage(message, true);
      assertThat(update.update()).isEqualTo(RefUpdate.Result.NEW);
      return repository.getRefDatabase().getReflogReader("refs/heads/main").getLastEntry();
    }
  }

  private static ObjectId commit(Repository repository, PersonIdent who) throws Exception {
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(inserter.insert(org.eclipse.jgit.lib.Constants.OBJ_TREE, new byte[0]));
      commit.setAuthor(who);
      commit.setCommitter(who);
      commit.setMessage("one");
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return id;
    }
  }
}
