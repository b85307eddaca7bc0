package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The kinds served now; follows the CustomResourceDefinitions in the store. */
final class Kinds {
  private final Store store;
  private final Object lock = new Object();
  private volatile Resources resources = Resources.builtInOnly();

  // Guarded by lock.
  private long version = -1;

  Kinds(Store store) {
    this.store = store;
    reload();
  }

  Resources resources() {
    return resources;
  }

  Resource namespaces() {
    return builtIn("", "v1", "namespaces");
  }

  /** A built-in kind, which is always there. */
  Resource builtIn(String group, String versionName, String plural) {
    Resource found = resources.find(group, versionName, plural);
    if (found == null) {
      throw new IllegalStateException("no built-in kind " + plural);
    }
    return found;
  }

  /** {@code kind} at the version that is stored. */
  Resource stored(Resource kind) {
    if (kind.storedVersion().equals(kind.apiVersion())) {
      return kind;
    }
    String of = kind.storedVersion();
    int slash = of.indexOf('/');
    Resource found =
        resources.find(
            slash < 0 ? "" : of.substring(0, slash), of.substring(slash + 1), kind.plural());
    return found == null ? kind : found;
  }

  /** Called after a write to {@code kind}: a definition may have come, changed or gone. */
  void changed(Resource kind) {
    if (kind.table().equals(Resources.CUSTOM_DEFINITIONS)) {
      reload();
    }
  }

  private void reload() {
    synchronized (lock) {
      State state = store.state();
      if (state.version() <= version) {
        return;
      }
      List<JsonNode> definitions = new ArrayList<>();
      for (Stored stored : state.list(Resources.CUSTOM_DEFINITIONS, "")) {
        definitions.add(stored.json());
      }
      resources = Resources.with(definitions);
      version = state.version();
    }
  }
}
