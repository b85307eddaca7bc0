package dev.naru.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Local agents, one a run. */
final class LocalAgents implements Agents {
  private final Path folder;
  private final Map<String, LocalAgent> agents = new ConcurrentHashMap<>();
  final Set<String> removed = ConcurrentHashMap.newKeySet();

  LocalAgents(Path folder) {
    this.folder = folder;
  }

  @Override
  public void begin(String run, String repository, String pipeline) {
    agents.computeIfAbsent(run, r -> new LocalAgent(nameOf(r), folder.resolve(r)));
  }

  @Override
  public Agent await(String run, Consumer<String> trouble) throws IOException {
    LocalAgent agent = agents.get(run);
    if (agent == null) {
      throw new IOException("the agent of '" + run + "' was not begun");
    }
    return agent;
  }

  @Override
  public String nameOf(String run) {
    return run + "-agent";
  }

  @Override
  public void remove(String run) {
    LocalAgent agent = agents.remove(run);
    if (agent != null) {
      agent.vanish();
      removed.add(run);
    }
  }

  @Override
  public void removeOthers(Set<String> active) {
    agents.keySet().stream().filter(r -> !active.contains(r)).forEach(this::remove);
  }
}
