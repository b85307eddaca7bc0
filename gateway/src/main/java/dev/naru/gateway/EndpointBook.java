package dev.naru.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every endpoint that is in the table or still has requests, by identity, so that counts outlive a
 * table. All methods hold this object's monitor; it is the outermost lock of the room.
 */
final class EndpointBook {
  private static final int DRAINED_UIDS_MAX = 4096;

  private final int loops;
  private final Map<EndpointId, Endpoint> known = new HashMap<>();

  /** Pods drained by uid, so that one that flaps back into a slice stays off; oldest forgotten. */
  private final Map<String, Boolean> drainedUids =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > DRAINED_UIDS_MAX;
        }
      };

  EndpointBook(int loops) {
    this.loops = loops;
  }

  /**
   * Builds a table from endpoints of this book, publishes it, and forgets endpoints that are
   * neither in it nor busy. A forgotten endpoint is off first, so a thread that still has the old
   * table cannot claim it unseen by a drain.
   *
   * @return the endpoints forgotten; their idle connections are to be closed
   */
  synchronized List<Endpoint> update(
      Function<Function<EndpointId, Endpoint>, RoutingTable> build,
      Consumer<RoutingTable> publish) {
    RoutingTable table = build.apply(this::resolve);
    publish.accept(table);
    Set<Endpoint> listed = table.endpoints();
    List<Endpoint> forgotten = new ArrayList<>();
    known
        .values()
        .removeIf(
            endpoint -> {
              if (listed.contains(endpoint) || !endpoint.retire()) {
                return false;
              }
              forgotten.add(endpoint);
              return true;
            });
    return forgotten;
  }

  private Endpoint resolve(EndpointId id) {
    Endpoint endpoint = known.computeIfAbsent(id, i -> new Endpoint(i, loops));
    if (!id.uid().isEmpty() && drainedUids.containsKey(id.uid())) {
      endpoint.turnOff();
    }
    return endpoint;
  }

  /**
   * Turns off every endpoint of the pod. Its uid is remembered: a later slice with it is off too.
   *
   * @param uid null: of whichever pods have that address now
   */
  synchronized List<Endpoint> turnOff(String ip, @Nullable String uid) {
    List<Endpoint> off = new ArrayList<>();
    if (uid != null) {
      drainedUids.put(uid, true);
    }
    for (Endpoint endpoint : known.values()) {
      EndpointId id = endpoint.id;
      if (id.ip().equals(ip) && (uid == null || id.uid().isEmpty() || id.uid().equals(uid))) {
        endpoint.turnOff();
        off.add(endpoint);
        if (!id.uid().isEmpty()) {
          drainedUids.put(id.uid(), true);
        }
      }
    }
    return off;
  }

  synchronized List<Endpoint> all() {
    return List.copyOf(known.values());
  }
}
