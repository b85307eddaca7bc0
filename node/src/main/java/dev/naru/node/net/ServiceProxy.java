package dev.naru.node.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Service addresses lead to ready endpoints, from pods and from the machine itself.
 *
 * <p>One thread turns the catalog's state into nftables rules: each change is one transaction that
 * holds only the difference, changes that come while a transaction runs are taken together. A new
 * connection is translated by the rules of its moment and keeps that choice for its life
 * (conntrack); rule changes never cut it. UDP flows keep their endpoint until the kernel's UDP
 * timeout passed.
 *
 * <p>Session affinity ClientIP is a hash of the client's address: it holds while the set of
 * endpoints stays the same.
 */
public final class ServiceProxy implements AutoCloseable {
  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_MAX = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(ServiceProxy.class);

  private final String table;
  private final ServiceCatalog catalog;
  private final Thread worker;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private boolean dirty = true;
  private boolean closed;
  private long programmedVersion = -1;
  private ServiceRules programmed = ServiceRules.EMPTY;

  private ServiceProxy(NetworkConfig config, ServiceCatalog catalog) {
    this.table = config.nftTable();
    this.catalog = catalog;
    this.worker = Thread.ofVirtual().name("service-proxy").unstarted(this::work);
  }

  /**
   * Starts on the table that {@link PodNetwork#open} made and returns when the first state is
   * programmed.
   *
   * @throws NetworkException when the table refuses the rules
   */
  public static ServiceProxy start(NetworkConfig config, ServiceCatalog catalog) {
    ServiceProxy proxy = new ServiceProxy(config, catalog);
    catalog.onChange(proxy::markDirty);
    proxy.programAll();
    proxy.worker.start();
    return proxy;
  }

  /**
   * Waits until no Service address leads to {@code podIp} any more: what connects after this
   * returned true does not reach that pod by a Service. Connections that exist go on.
   *
   * @return false when {@code max} passed before
   */
  public boolean awaitRemoved(String podIp, Duration max) throws InterruptedException {
    long nanos = max.toNanos();
    lock.lockInterruptibly();
    try {
      while (programmed.targets().contains(podIp)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every change that the catalog has seen up to now is programmed. */
  boolean awaitCurrent(Duration max) throws InterruptedException {
    long wanted = catalog.snapshot().version();
    long nanos = max.toNanos();
    lock.lockInterruptibly();
    try {
      while (programmedVersion < wanted) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Stops following changes. The rules stay: pods outlive this process. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void markDirty() {
    lock.lock();
    try {
      dirty = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    Duration retry = RETRY_FIRST;
    boolean trusted = true;
    while (awaitDirty()) {
      try {
        if (trusted) {
          programChange();
        } else {
          programAll();
        }
        trusted = true;
        retry = RETRY_FIRST;
      } catch (RuntimeException e) {
        log.atWarn()
            .setCause(e)
            .addKeyValue("table", table)
            .addKeyValue("retryIn", retry)
            .log("Service rules could not be programmed");
        trusted = false;
        pause(retry);
        retry = retry.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : retry.multipliedBy(2);
        markDirty();
      }
    }
  }

  private boolean awaitDirty() {
    lock.lock();
    try {
      while (!dirty && !closed) {
        changed.awaitUninterruptibly();
      }
      dirty = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration time) {
    lock.lock();
    try {
      long nanos = time.toNanos();
      while (!closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void programChange() {
    ServiceCatalog.Snapshot snapshot = catalog.snapshot();
    ServiceRules rules = ServiceRules.of(snapshot.entries().values());
    String script = NftScript.change(table, programmed, rules);
    if (!script.isEmpty()) {
      apply(script);
    }
    remember(rules, snapshot.version());
  }

  private void programAll() {
    ServiceCatalog.Snapshot snapshot = catalog.snapshot();
    ServiceRules rules = ServiceRules.of(snapshot.entries().values());
    apply(NftScript.replace(table, chainsFound(), rules));
    remember(rules, snapshot.version());
  }

  private void remember(ServiceRules rules, long version) {
    lock.lock();
    try {
      programmed = rules;
      programmedVersion = version;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void apply(String script) {
    long start = System.nanoTime();
    Tool.run(List.of("nft", "-f", "-"), script);
    log.atDebug()
        .addKeyValue("table", table)
        .addKeyValue("took_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
        .log("Service rules programmed");
  }

  private Set<String> chainsFound() {
    String json = Tool.run(List.of("nft", "-j", "list", "table", "ip", table), "");
    Set<String> chains = new HashSet<>();
    try {
      for (JsonNode item : new ObjectMapper().readTree(json).path("nftables")) {
        String name = item.path("chain").path("name").asText();
        if (name.startsWith("svc/")) {
          chains.add(name);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("unreadable output of nft -j list table", e);
    }
    return chains;
  }
}
