package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Finds an endpoint, holds the request while there is none, sends it,
 * sends it again where that is safe, and relays body and answer.
 *
 * <p>When a request may be sent again: after a failed connect always (nothing was sent); once more
 * after a connection that closed without a byte of answer, if the method is idempotent (RFC 9110
 * section 9.2.2) and there is no body. Every other request gets a fresh connection, because an idle
 * one may be closing at that moment and nobody could tell whether the request was processed; see
 * {@link IdleConnections} for the exception.
 */
final class Exchange implements BodySink, LongStream {
  private enum Phase {
    /** Waits for an endpoint; in the loop's held set. */
    HELD,
    CONNECTING,
    /** Sent; relaying. */
    OPEN,
    ENDED
  }

  final ClientConnection client;
  private final Loop loop;
  private final ExchangeFacts facts;
  private final byte[] requestHead;
  private final BodyReader requestBody = new BodyReader();
  private final long startedNanos;

  private Phase phase = Phase.HELD;
  private @Nullable Route route;
  private @Nullable Endpoint endpoint;
  private @Nullable UpstreamConnection upstream;
  private @Nullable Page lastProblem;
  private boolean wasHeld;
  private boolean claimed;
  private long heldSince;
  private int connects;
  private boolean resent;
  private boolean answering;
  private boolean answerChunked;
  private boolean keepClient;
  private boolean eventStream;
  private int status;
  private long bytesIn;
  private long bytesOut;
  private long deadline;

  /**
   * @throws BadMessage when the head is no valid request
   */
  Exchange(ClientConnection client, Head head) {
    this.client = client;
    this.loop = client.loop;
    this.startedNanos = System.nanoTime();
    this.heldSince = startedNanos;
    this.deadline = startedNanos + loop.core.streamIdleNanos;
    this.facts = ExchangeFacts.of(head, client.peer, loop);
    this.requestHead = loop.out.toByteArray();
    if (head.chunked) {
      requestBody.startChunked();
    } else if (head.contentLength > 0) {
      requestBody.startLength(head.contentLength);
    }
  }

  /** Looks for an endpoint now; called first, and again while held. */
  void dispatch() {
    if (phase != Phase.HELD) {
      return;
    }
    RoutingTable table = loop.core.table();
    if (!table.isKnown()) {
      hold(new Page(503, "The gateway does not know the cluster's routes yet.", true));
      return;
    }
    Route found = table.find(facts.host(), facts.path());
    if (found == null) {
      loop.core.unrouted.increment();
      answer(facts.unknown(table));
      return;
    }
    if (route == null) {
      found.stats().requests.increment();
    }
    route = found;
    Endpoint free = found.backend().claim(loop.random, endpoint, System.nanoTime());
    if (free == null) {
      Page seen = lastProblem;
      hold(seen != null ? seen : new Page(503, found.backend().whyNothingServes(), true));
      return;
    }
    claimed = true;
    loop.unhold(this);
    send(free);
  }

  /** Tries again after a wait. */
  void retry() {
    dispatch();
    client.resume();
  }

  private void send(Endpoint to) {
    endpoint = to;
    IdleConnections pool = to.idle(loop.index);
    UpstreamConnection idle = null;
    if (!resent) {
      idle = facts.repeatable() ? pool.poll() : pool.pollTrusted(System.nanoTime());
    }
    if (idle != null) {
      open(idle);
      return;
    }
    phase = Phase.CONNECTING;
    UpstreamConnection fresh = new UpstreamConnection(loop, to);
    ChannelFuture connected = loop.connect(fresh, to);
    connected.addListener(future -> connectEnded(fresh, to, future.cause()));
  }

  private void connectEnded(UpstreamConnection fresh, Endpoint to, @Nullable Throwable failure) {
    if (phase != Phase.CONNECTING) {
      fresh.close(); // the client went away meanwhile
      return;
    }
    if (failure == null) {
      to.connected();
      open(fresh);
      client.resume();
      return;
    }
    to.connectFailed(System.nanoTime());
    unclaim();
    phase = Phase.HELD;
    lastProblem =
        new Page(502, "No connection to a pod of Service " + service() + " could be made.", true);
    connects++;
    if (connects % loop.core.config.limits().connectsMax() == 0) {
      hold(lastProblem);
    } else {
      dispatch();
    }
    client.resume();
  }

  private void open(UpstreamConnection connection) {
    phase = Phase.OPEN;
    upstream = connection;
    deadline = System.nanoTime() + loop.core.responseNanos;
    connection.begin(this, facts.headRequest());
    connection.out.bytes(requestHead, 0, requestHead.length);
  }

  private void hold(Page whatIfInVain) {
    long now = System.nanoTime();
    if (now - heldSince >= loop.core.holdNanos || loop.core.isClosing() || !loop.hold(this)) {
      loop.unhold(this);
      answer(whatIfInVain);
    } else if (route != null && !wasHeld) {
      wasHeld = true;
      route.stats().held.increment();
    }
  }

  // The request's body

  boolean takesBody() {
    return phase == Phase.OPEN && !requestBody.isDone();
  }

  boolean upstreamWritable() {
    UpstreamConnection to = upstream;
    return to != null && to.isWritable();
  }

  void readBody(ByteBuf data) {
    requestBody.read(data, this, loop.trailers);
    deadline =
        System.nanoTime()
            + (requestBody.isDone() ? loop.core.responseNanos : loop.core.streamIdleNanos);
  }

  @Override
  public void bodyData(ByteBuf data) {
    bytesIn += data.readableBytes();
    UpstreamConnection to = upstream;
    if (to == null) {
      data.release();
    } else if (facts.chunked()) {
      to.out.chunk(data);
    } else {
      to.out.data(data);
    }
  }

  @Override
  public void bodyEnd(byte[] trailers) {
    UpstreamConnection to = upstream;
    if (to != null && facts.chunked()) {
      to.out.lastChunk(trailers);
    }
  }

  /** The client's framing broke in the middle of the body: nothing sensible can follow. */
  void requestBroken(BadMessage why) {
    dropUpstream();
    if (answering) {
      finish();
      client.abort();
    } else {
      answer(new Page(why.status(), why.sentence()));
    }
  }

  void flushUpstream() {
    UpstreamConnection to = upstream;
    if (to != null) {
      to.out.flush();
    }
  }

  // The answer

  /** A response head other than 101. */
  void answered(Head head, boolean untilClose, boolean bodyless) {
    if (head.status < 200) {
      if (!facts.http10()) {
        HeadWriter.interim(loop.out, head);
        client.out.bytes(loop.out.array(), 0, loop.out.size());
      }
      return;
    }
    answering = true;
    status = head.status;
    deadline = System.nanoTime() + loop.core.streamIdleNanos;
    boolean streamed = !bodyless && (head.chunked || untilClose);
    answerChunked = streamed && !facts.http10();
    keepClient =
        facts.keepAlive()
            && requestBody.isDone()
            && !loop.core.isClosing()
            && !(streamed && facts.http10());
    HeadWriter.response(
        loop.out,
        head,
        new HeadWriter.Framing(
            answerChunked, head.contentLength >= 0 && status != 204, !keepClient, facts.http10()),
        loop.date());
    client.out.bytes(loop.out.array(), 0, loop.out.size());
    if (streamed && endpoint != null && ExchangeFacts.isEventStream(head)) {
      eventStream = true;
      endpoint.add(this);
    }
  }

  /** Body bytes of the answer. */
  void answerData(ByteBuf data) {
    bytesOut += data.readableBytes();
    deadline = System.nanoTime() + loop.core.streamIdleNanos;
    if (answerChunked) {
      client.out.chunk(data);
    } else {
      client.out.data(data);
    }
  }

  /** The answer is complete. */
  void answerEnd(byte[] trailers) {
    if (answerChunked) {
      client.out.lastChunk(trailers);
    }
    UpstreamConnection from = upstream;
    upstream = null;
    boolean clean = requestBody.isDone();
    if (from != null) {
      from.end(clean && !loop.core.isClosing());
    }
    finish();
    client.exchangeEnded(keepClient, clean);
    client.out.flush();
  }

  /** The upstream agreed to another protocol. */
  void switched(Head head, ByteBuf early) {
    UpstreamConnection from = upstream;
    Endpoint at = endpoint;
    if (facts.upgrade() == null || from == null || at == null) {
      early.release();
      upstreamBroken("It switched to another protocol unasked.");
      return;
    }
    HeadWriter.interim(loop.out, head);
    client.out.bytes(loop.out.array(), 0, loop.out.size());
    status = 101;
    phase = Phase.ENDED;
    claimed = false; // the tunnel has it now
    upstream = null;
    boolean webSocket = "websocket".equalsIgnoreCase(facts.upgrade());
    Tunnel tunnel = new Tunnel(client, from, at, webSocket, this::tunnelEnded);
    from.startTunnel(tunnel);
    client.startTunnel(tunnel);
    at.add(tunnel);
    if (early.isReadable()) {
      tunnel.fromUpstream(early);
    } else {
      early.release();
    }
    tunnel.flushUpstream(); // what the client sent ahead
    tunnel.flushClient();
  }

  private void tunnelEnded(long in, long out) {
    bytesIn += in;
    bytesOut += out;
    account();
  }

  // Failures

  /** The upstream's connection is gone before its answer was complete. */
  void upstreamClosed() {
    upstream = null;
    if (answering) {
      finish();
      client.abort();
      return;
    }
    unclaim();
    phase = Phase.HELD;
    heldSince = System.nanoTime();
    if (facts.repeatable() && !resent) {
      resent = true;
      lastProblem = new Page(502, "A pod of Service " + service() + " closed its connection.");
      if (route != null) {
        route.stats().retries.increment();
      }
      dispatch();
    } else {
      answer(
          new Page(
              502,
              "A pod of Service "
                  + service()
                  + " closed its connection without an answer. The request may have been processed."));
    }
    client.resume();
  }

  /** The upstream said something that is not HTTP. */
  void upstreamBroken(String why) {
    dropUpstream();
    if (answering) {
      finish();
      client.abort();
    } else {
      answer(new Page(502, "A pod of Service " + service() + " gave an invalid answer. " + why));
    }
    client.out.flush();
  }

  /** The client's connection is gone. */
  void clientGone() {
    if (phase != Phase.ENDED) {
      dropUpstream();
      if (!answering) {
        status = 0;
      }
      finish();
    }
  }

  /** Lets go of the upstream with its claim; it may be in the middle of something. */
  private void dropUpstream() {
    UpstreamConnection from = upstream;
    upstream = null;
    if (from != null) {
      from.drop();
    }
    unclaim();
  }

  private void unclaim() {
    if (claimed && endpoint != null) {
      claimed = false;
      endpoint.release();
    }
  }

  /** Answers by the gateway itself; no claim is held. */
  private void answer(Page page) {
    status = page.status();
    boolean clean = requestBody.isDone();
    boolean keep = facts.keepAlive() && clean && !loop.core.isClosing();
    page.write(loop.out, facts.json(), !facts.headRequest(), !keep, facts.requestId(), loop.date());
    client.out.bytes(loop.out.array(), 0, loop.out.size());
    finish();
    client.exchangeEnded(keep, clean);
  }

  /** Ends the accounts; releases the claim if there still is one. */
  private void finish() {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    loop.unhold(this);
    if (eventStream && endpoint != null) {
      endpoint.remove(this);
    }
    unclaim();
    account();
  }

  private void account() {
    long took = System.nanoTime() - startedNanos;
    if (route != null) {
      route.stats().answered(status, took, bytesIn, bytesOut);
    }
    AccessLog log = loop.core.config.accessLog();
    if (log != null) {
      Duration duration = Duration.ofNanos(took);
      log.ended(
          new AccessLog.Entry(
              Instant.now().minus(duration),
              client.peer.ip(),
              facts.method(),
              facts.host(),
              facts.target(),
              route == null ? "" : route.ingress(),
              endpoint == null ? "" : endpoint.toString(),
              status,
              bytesIn,
              bytesOut,
              duration,
              facts.requestId()));
    }
  }

  void clientWritable(boolean writable) {
    UpstreamConnection from = upstream;
    if (from != null) {
      from.setReading(writable);
    }
  }

  void tick(long nowNanos) {
    if (phase != Phase.OPEN || nowNanos - deadline < 0) {
      return;
    }
    boolean clientLate = !requestBody.isDone() && upstreamWritable();
    dropUpstream();
    if (answering) {
      finish();
      client.abort();
    } else {
      answer(
          clientLate
              ? new Page(408, "The request body did not come in time.")
              : new Page(504, "A pod of Service " + service() + " did not answer in time."));
      client.out.flush();
    }
  }

  /** Ends an event stream where it is; the browser opens a new one by itself. */
  @Override
  public void goAway() {
    loop.eventLoop.execute(
        () -> {
          if (phase == Phase.OPEN && answering) {
            keepClient = false;
            UpstreamConnection from = upstream;
            upstream = null;
            if (from != null) {
              from.drop();
            }
            answerEnd(new byte[0]);
          }
        });
  }

  private String service() {
    return route == null ? "" : route.backend().name();
  }
}
