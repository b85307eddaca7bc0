package dev.naru.gitops.render;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The tree of one commit, read from the object store without a checkout. */
public final class GitTree implements SourceTree {
  private final Repository git;
  private final RevTree tree;

  /** Keeps {@code git}, which the caller closes when it no longer reads. */
  public GitTree(Repository git, ObjectId commit) throws IOException {
    this.git = git;
    try (RevWalk walk = new RevWalk(git)) {
      this.tree = walk.parseCommit(commit).getTree();
    }
  }

  @Override
  public Kind kind(String path) {
    if (path.isEmpty()) {
      return Kind.DIRECTORY;
    }
    try (TreeWalk walk = TreeWalk.forPath(git, path, tree)) {
      if (walk == null) {
        return Kind.ABSENT;
      }
      FileMode mode = walk.getFileMode();
      if (mode.equals(FileMode.TREE)) {
        return Kind.DIRECTORY;
      }
      boolean file = mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
      return file ? Kind.FILE : Kind.OTHER;
    } catch (IOException e) {
      throw new RenderException(path + ": cannot be read from the repository", e);
    }
  }

  @Override
  public byte[] read(String path) {
    if (kind(path) != Kind.FILE) {
      throw new RenderException(path + ": no such file");
    }
    try (ObjectReader reader = git.newObjectReader();
        TreeWalk walk = TreeWalk.forPath(reader, path, tree)) {
      return reader.open(walk.getObjectId(0)).getBytes(FILE_MAX);
    } catch (LargeObjectException e) {
      throw new RenderException(path + ": larger than " + FILE_MAX + " bytes", e);
    } catch (IOException e) {
      throw new RenderException(path + ": cannot be read from the repository", e);
    }
  }

  @Override
  public List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    if (kind(directory) != Kind.DIRECTORY) {
      return names;
    }
    try (TreeWalk walk = new TreeWalk(git)) {
      if (directory.isEmpty()) {
        walk.addTree(tree);
      } else {
        try (TreeWalk at = TreeWalk.forPath(git, directory, tree)) {
          walk.addTree(at.getObjectId(0));
        }
      }
      while (walk.next()) {
        names.add(walk.getNameString());
      }
    } catch (IOException e) {
      throw new RenderException(directory + ": cannot be listed in the repository", e);
    }
    return names.stream().sorted().toList();
  }
}
