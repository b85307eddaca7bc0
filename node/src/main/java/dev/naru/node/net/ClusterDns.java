package dev.naru.node.net;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * The cluster's name server, UDP and TCP on the DNS address, port 53: {@link DnsZone} answers the
 * cluster's names, {@link DnsUpstream} everything else. One virtual thread per question, at most
 * {@value #QUESTIONS_MAX} at a time; a UDP question above that is dropped, as the client asks
 * again.
 */
public final class ClusterDns implements AutoCloseable {
  static final int QUESTIONS_MAX = 512;
  static final int PORT = 53;
  private static final int UDP_SIZE = 1232;
  private static final Duration TCP_IDLE_MAX = Duration.ofSeconds(10);
  private static final Path MACHINE = Path.of("/etc/resolv.conf");
  private static final Logger log = LoggerFactory.getLogger(ClusterDns.class);

  private final DnsZone zone;
  private final DnsUpstream upstream;
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Semaphore turns = new Semaphore(QUESTIONS_MAX);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("cluster-dns-", 0).factory());

  private ClusterDns(DnsZone zone, DnsUpstream upstream, InetAddress address) throws IOException {
    this.zone = zone;
    this.upstream = upstream;
    this.udp = new DatagramSocket(new InetSocketAddress(address, PORT));
    this.tcp = new ServerSocket();
    tcp.setReuseAddress(true);
    tcp.bind(new InetSocketAddress(address, PORT), 128);
  }

  /**
   * Listens on {@code config.dnsAddress()}, which {@link PodNetwork#open} has put on the bridge,
   * and forwards to the resolvers of /etc/resolv.conf, read once here.
   */
  public static ClusterDns start(NetworkConfig config, ServiceCatalog catalog) {
    try {
      List<InetSocketAddress> servers =
          DnsUpstream.servers(MACHINE).stream()
              .filter(server -> !server.getAddress().getHostAddress().equals(config.dnsAddress()))
              .toList();
      return start(config, catalog, new DnsUpstream(servers));
    } catch (IOException e) {
      throw new NetworkException(
          "NET_DNS_BIND",
          "Tried to serve DNS on " + config.dnsAddress() + ":" + PORT + " but it failed: " + e,
          e);
    }
  }

  static ClusterDns start(NetworkConfig config, ServiceCatalog catalog, DnsUpstream upstream)
      throws IOException {
    ClusterDns dns =
        new ClusterDns(
            new DnsZone(config, () -> catalog.snapshot().entries()),
            upstream,
            Cidr.inet(config.dnsAddress()));
    dns.threads.execute(dns::serveUdp);
    dns.threads.execute(dns::serveTcp);
    return dns;
  }

  /**
   * The content of /etc/resolv.conf of a pod with dnsPolicy ClusterFirst: Kubernetes' search list,
   * then the machine's own search domains.
   */
  public static String resolvConf(NetworkConfig config, String namespace) {
    Set<String> search = new LinkedHashSet<>();
    search.add(namespace + ".svc." + config.domain());
    search.add("svc." + config.domain());
    search.add(config.domain());
    try {
      search.addAll(DnsUpstream.search(MACHINE));
    } catch (IOException e) {
      throw new NetworkException("NET_RESOLV_CONF", "Tried to read " + MACHINE + ": " + e, e);
    }
    search.remove(".");
    return "nameserver %s\nsearch %s\noptions ndots:5\n"
        .formatted(config.dnsAddress(), String.join(" ", search));
  }

  /** Stops listening and returns when every thread has ended. */
  @Override
  public void close() {
    udp.close();
    closeQuietly(tcp);
    open.forEach(ClusterDns::closeQuietly);
    threads.shutdownNow();
    threads.close();
  }

  private void serveUdp() {
    byte[] buffer = new byte[1 << 16];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
      } catch (IOException e) {
        if (!udp.isClosed()) {
          log.atWarn().setCause(e).log("DNS question could not be received");
        }
        continue;
      }
      byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
      InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
      if (turns.tryAcquire()) {
        threads.execute(
            () -> {
              try {
                answerUdp(question, client);
              } finally {
                turns.release();
              }
            });
      }
    }
  }

  private void answerUdp(byte[] question, InetSocketAddress client) {
    Optional<byte[]> answer = answer(question, false);
    try {
      if (answer.isPresent()) {
        udp.send(new DatagramPacket(answer.get(), answer.get().length, client));
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).addKeyValue("client", client).log("DNS answer not delivered");
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket socket = tcp.accept();
        if (!turns.tryAcquire()) {
          closeQuietly(socket);
          continue;
        }
        open.add(socket);
        threads.execute(
            () -> {
              try {
                converse(socket);
              } finally {
                open.remove(socket);
                closeQuietly(socket);
                turns.release();
              }
            });
      } catch (IOException e) {
        if (!tcp.isClosed()) {
          log.atWarn().setCause(e).log("DNS connection could not be accepted");
        }
      }
    }
  }

  private void converse(Socket socket) {
    try {
      socket.setSoTimeout((int) TCP_IDLE_MAX.toMillis());
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      OutputStream out = socket.getOutputStream();
      while (true) {
        byte[] question = new byte[in.readUnsignedShort()];
        in.readFully(question);
        Optional<byte[]> answer = answer(question, true);
        if (answer.isEmpty()) {
          return;
        }
        byte[] framed = new byte[answer.get().length + 2];
        framed[0] = (byte) (answer.get().length >>> 8);
        framed[1] = (byte) answer.get().length;
        System.arraycopy(answer.get(), 0, framed, 2, answer.get().length);
        out.write(framed);
        out.flush();
      }
    } catch (EOFException | SocketException e) {
      log.atTrace().setCause(e).log("DNS client has gone");
    } catch (IOException e) {
      log.atDebug().setCause(e).log("DNS conversation ended");
    }
  }

  /** The wire answer; empty for what deserves none (not a question at all). */
  private Optional<byte[]> answer(byte[] bytes, boolean overTcp) {
    Message question;
    try {
      question = new Message(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (question.getHeader().getFlag(Flags.QR)) {
      return Optional.empty();
    }
    Record asked = question.getQuestion();
    if (question.getHeader().getOpcode() != Opcode.QUERY
        || asked == null
        || asked.getDClass() != DClass.IN) {
      return wire(question, reply(question, Rcode.NOTIMP), overTcp);
    }
    return switch (zone.answer(asked.getName(), asked.getType())) {
      case DnsZone.Answer.Found found -> wire(question, found(question, found), overTcp);
      case DnsZone.Answer.Unknown unknown -> {
        Message reply = reply(question, Rcode.NXDOMAIN);
        reply.addRecord(zone.authority(), Section.AUTHORITY);
        yield wire(question, reply, overTcp);
      }
      case DnsZone.Answer.Alias alias -> wire(question, alias(question, alias), overTcp);
      case DnsZone.Answer.Elsewhere elsewhere ->
          upstream
              .ask(bytes, overTcp)
              .or(() -> wire(question, reply(question, Rcode.SERVFAIL), overTcp));
    };
  }

  private Message found(Message question, DnsZone.Answer.Found found) {
    Message reply = reply(question, Rcode.NOERROR);
    found.records().forEach(record -> reply.addRecord(record, Section.ANSWER));
    found.additional().forEach(record -> reply.addRecord(record, Section.ADDITIONAL));
    if (found.records().isEmpty()) {
      reply.addRecord(zone.authority(), Section.AUTHORITY);
    }
    return reply;
  }

  /** The alias and, as far as an upstream knows, what it leads to. */
  private Message alias(Message question, DnsZone.Answer.Alias alias) {
    Message reply = reply(question, Rcode.NOERROR);
    reply.addRecord(alias.record(), Section.ANSWER);
    Record next =
        Record.newRecord(alias.record().getTarget(), question.getQuestion().getType(), DClass.IN);
    upstream
        .ask(Message.newQuery(next).toWire(), false)
        .ifPresent(
            bytes -> {
              try {
                new Message(bytes)
                    .getSection(Section.ANSWER)
                    .forEach(record -> reply.addRecord(record, Section.ANSWER));
              } catch (IOException e) {
                log.atDebug().setCause(e).log("unreadable answer of an upstream resolver");
              }
            });
    return reply;
  }

  private static Message reply(Message question, int rcode) {
    Message reply = new Message(question.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.AA);
    reply.getHeader().setFlag(Flags.RA);
    if (question.getHeader().getFlag(Flags.RD)) {
      reply.getHeader().setFlag(Flags.RD);
    }
    reply.getHeader().setRcode(rcode);
    Record asked = question.getQuestion();
    if (asked != null) {
      reply.addRecord(asked, Section.QUESTION);
    }
    return reply;
  }

  /** Bytes within what the client takes; the TC flag is set when records were left out. */
  private static Optional<byte[]> wire(Message question, Message reply, boolean overTcp) {
    OPTRecord options = question.getOPT();
    int limit = 512;
    if (options != null) {
      reply.addRecord(new OPTRecord(UDP_SIZE, 0, 0), Section.ADDITIONAL);
      limit = Math.clamp(options.getPayloadSize(), 512, UDP_SIZE);
    }
    return Optional.of(reply.toWire(overTcp ? Message.MAXLENGTH : limit));
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.atTrace().setCause(e).log("socket was broken when it was closed");
    }
  }
}
