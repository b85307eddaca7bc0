package dev.naru.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.Workers;
import dev.naru.pipeline.lang.Answer;
import dev.naru.pipeline.lang.Host;
import dev.naru.pipeline.lang.HostCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;

/**
 * The host of a run, with its journal: an answer is recorded before the interpreter gets it. After
 * a restart the recorded answers come first, in their order; a call that was begun and has no
 * answer is performed again, which for a script means that it is picked up. {@link
 * Performer#applied} hears of every answer, new or recorded, and is all that changes the run's
 * status.
 */
final class JournalHost implements Host {
  /** Does what calls ask for. */
  interface Performer {
    /**
     * Does it, blocking until it is done.
     *
     * @param begunMillis when the call was first begun, before any restart
     */
    Answer.Reply perform(HostCall call, long begunMillis) throws InterruptedException;

    /** Makes {@link #perform} of a running call end soon. */
    void cancel(HostCall call, String reason);

    /** The interpreter gets this answer now. */
    void applied(HostCall call, Answer.Reply reply, long millis);
  }

  private record Begun(String name, String at, long millis) {}

  private static final int CALLS_MAX = 1_000;
  // Credentials are asked for again instead of being written down.
  private static final Set<String> NOT_RECORDED = Set.of("bindCredentials");

  private final Journal journal;
  private final Secrets secrets;
  private final Performer performer;
  private final Clock clock;
  private final Workers workers;
  private final Map<Long, Begun> begun = new HashMap<>();
  private final Set<Long> answered = new HashSet<>();
  private final Deque<ObjectNode> replay = new ArrayDeque<>();
  private final Map<Long, HostCall> calls = new HashMap<>();
  private final Map<Long, Future<?>> running = new HashMap<>();
  private final LinkedBlockingDeque<Answer> arrived = new LinkedBlockingDeque<>();

  JournalHost(Journal journal, String run, Secrets secrets, Performer performer, Clock clock) {
    this.journal = journal;
    this.secrets = secrets;
    this.performer = performer;
    this.clock = clock;
    this.workers = new Workers("run-" + run, CALLS_MAX);
    for (ObjectNode entry : journal.records()) {
      long id = entry.path("id").asLong();
      switch (entry.path("k").asText()) {
        case "begun" ->
            begun.put(
                id,
                new Begun(
                    entry.path("name").asText(),
                    entry.path("at").asText(),
                    entry.path("t").asLong()));
        case "answer", "abort" -> {
          replay.add(entry);
          answered.add(id);
        }
        default -> {}
      }
    }
  }

  /** Ends the run as ABORTED. */
  void abort(String reason) {
    arrived.addFirst(Answer.abort(reason));
  }

  /** Ends what runs on behalf of calls; the journal stays as it is. */
  void close() {
    workers.close();
  }

  @Override
  public synchronized void begin(HostCall call) {
    Begun before = begun.get(call.id());
    long millis = before == null ? clock.millis() : before.millis();
    if (before == null) {
      ObjectNode entry = entry("begun", call.id(), millis);
      entry.put("name", call.name()).put("at", call.at().toString());
      append(entry, false);
    } else if (!before.name().equals(call.name()) || !before.at().equals(call.at().toString())) {
      throw new PipelineException(
          "PIPELINE_REPLAY",
          "the run cannot go on: step "
              + call.id()
              + " was '"
              + before.name()
              + "' at "
              + before.at()
              + " and is now '"
              + call.name()
              + "' at "
              + call.at(),
          null);
    }
    calls.put(call.id(), call);
    if (!answered.contains(call.id())) {
      running.put(call.id(), workers.run(() -> perform(call, millis)));
    }
  }

  private void perform(HostCall call, long millis) {
    Answer.Reply reply;
    try {
      reply = performer.perform(call, millis);
    } catch (InterruptedException e) {
      // Either Naru stops, and the call stays open, or the call was forgotten.
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      reply = new Answer.Failed("the step failed inside of Naru: " + e);
    }
    synchronized (this) {
      if (running.remove(call.id()) != null) {
        arrived.add(new Answer(call.id(), reply));
      }
    }
  }

  @Override
  public void cancel(long id, String reason) {
    HostCall call;
    synchronized (this) {
      call = calls.get(id);
      if (call == null) {
        return;
      }
      boolean pause = call.name().equals("timer") || call.name().equals("sleep");
      Future<?> worker = pause ? running.remove(id) : running.get(id);
      if (pause) {
        arrived.removeIf(a -> a.call() == id);
        if (worker != null) {
          worker.cancel(true);
        }
        if (call.name().equals("sleep") && !answered.contains(id)) {
          arrived.add(Answer.value(id, null));
        }
        return;
      }
      if (worker == null) {
        return;
      }
    }
    performer.cancel(call, reason);
  }

  @Override
  public Answer take() throws InterruptedException {
    ObjectNode recorded = replay.poll();
    if (recorded != null) {
      return replayed(recorded);
    }
    Answer answer = arrived.take();
    long millis = clock.millis();
    HostCall call = calls.get(answer.call());
    append(record(answer, call, millis), true);
    if (call != null) {
      performer.applied(call, answer.reply(), millis);
    }
    return answer;
  }

  private Answer replayed(ObjectNode entry) throws InterruptedException {
    if (entry.path("k").asText().equals("abort")) {
      return Answer.abort(entry.path("reason").asText());
    }
    long id = entry.path("id").asLong();
    HostCall call = calls.get(id);
    if (call == null) {
      throw new PipelineException(
          "PIPELINE_REPLAY", "the run cannot go on: step " + id + " was not begun again", null);
    }
    Answer.Reply reply;
    if (NOT_RECORDED.contains(call.name())) {
      reply = performer.perform(call, entry.path("t").asLong());
    } else if (entry.has("fail")) {
      reply = new Answer.Failed(secrets.unseal(entry.path("fail").asText()));
    } else {
      reply = new Answer.Value(value(entry.path("v")));
    }
    performer.applied(call, reply, entry.path("t").asLong());
    return new Answer(id, reply);
  }

  private ObjectNode record(Answer answer, @Nullable HostCall call, long millis) {
    ObjectNode entry = entry("answer", answer.call(), millis);
    switch (answer.reply()) {
      case Answer.Value v -> {
        if (call == null || !NOT_RECORDED.contains(call.name())) {
          entry.set("v", Journal.JSON.valueToTree(sealed(v.value())));
        }
      }
      case Answer.Failed f -> entry.put("fail", secrets.seal(f.message()));
      case Answer.Abort a -> entry.put("k", "abort").put("reason", a.reason());
    }
    return entry;
  }

  private static ObjectNode entry(String kind, long id, long millis) {
    return Journal.JSON.createObjectNode().put("k", kind).put("id", id).put("t", millis);
  }

  private void append(ObjectNode entry, boolean flush) {
    try {
      journal.append(entry, flush);
    } catch (IOException e) {
      throw new UncheckedIOException("the run's journal cannot be written", e);
    }
  }

  private @Nullable Object sealed(@Nullable Object value) {
    return switch (value) {
      case String s -> secrets.seal(s);
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        map.forEach((k, v) -> out.put(String.valueOf(k), sealed(v)));
        yield out;
      }
      case List<?> list -> {
        List<@Nullable Object> out = new ArrayList<>();
        list.forEach(v -> out.add(sealed(v)));
        yield out;
      }
      case null, default -> value;
    };
  }

  private @Nullable Object value(JsonNode node) {
    try {
      return unsealed(Journal.JSON.treeToValue(node, Object.class));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the run's journal cannot be read", e);
    }
  }

  private @Nullable Object unsealed(@Nullable Object value) {
    return switch (value) {
      case String s -> secrets.unseal(s);
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        map.forEach((k, v) -> out.put(String.valueOf(k), unsealed(v)));
        yield out;
      }
      case List<?> list -> {
        List<@Nullable Object> out = new ArrayList<>();
        list.forEach(v -> out.add(unsealed(v)));
        yield out;
      }
      case null, default -> value;
    };
  }
}
