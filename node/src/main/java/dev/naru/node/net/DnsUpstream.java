package dev.naru.node.net;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes questions on to the machine's own resolvers, over the transport on which they came. Each
 * is asked in turn, {@link #TRY_MAX} long; every UDP try has a socket, port and message id of its
 * own (RFC 5452).
 */
final class DnsUpstream {
  static final Duration TRY_MAX = Duration.ofSeconds(2);
  static final int SERVERS_MAX = 3;
  private static final int MESSAGE_MIN = 12;
  private static final Logger log = LoggerFactory.getLogger(DnsUpstream.class);

  private final List<InetSocketAddress> servers;
  private final SecureRandom random = new SecureRandom();

  DnsUpstream(List<InetSocketAddress> servers) {
    this.servers = servers.stream().limit(SERVERS_MAX).toList();
  }

  /** The {@code nameserver} lines of a resolv.conf; none when the file does not exist. */
  static List<InetSocketAddress> servers(Path resolvConf) throws IOException {
    List<InetSocketAddress> found = new ArrayList<>();
    for (String line : lines(resolvConf)) {
      String[] words = line.strip().split("\\s+");
      if (words.length > 1 && words[0].equals("nameserver")) {
        // A literal address: no resolver is asked.
        found.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), 53));
      }
    }
    return found;
  }

  /** The search domains of a resolv.conf. */
  static List<String> search(Path resolvConf) throws IOException {
    List<String> found = List.of();
    for (String line : lines(resolvConf)) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("search") || words[0].equals("domain")) {
        found = List.of(words).subList(1, words.length);
      }
    }
    return found;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** The first upstream's answer, with the question's own id; empty when none answered. */
  Optional<byte[]> ask(byte[] question, boolean tcp) {
    for (InetSocketAddress server : servers) {
      try {
        return Optional.of(tcp ? askTcp(server, question) : askUdp(server, question));
      } catch (IOException e) {
        log.atDebug().setCause(e).addKeyValue("server", server).log("resolver did not answer");
      }
    }
    return Optional.empty();
  }

  private byte[] askUdp(InetSocketAddress server, byte[] question) throws IOException {
    byte[] sent = question.clone();
    int id = random.nextInt(1 << 16);
    sent[0] = (byte) (id >>> 8);
    sent[1] = (byte) id;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.send(new DatagramPacket(sent, sent.length));
      long deadline = System.nanoTime() + TRY_MAX.toNanos();
      byte[] buffer = new byte[1 << 16];
      while (true) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          throw new IOException("no answer from " + server + " within " + TRY_MAX);
        }
        socket.setSoTimeout((int) Math.max(1, leftMillis));
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (packet.getLength() >= MESSAGE_MIN && buffer[0] == sent[0] && buffer[1] == sent[1]) {
          byte[] answer = Arrays.copyOf(buffer, packet.getLength());
          answer[0] = question[0];
          answer[1] = question[1];
          return answer;
        }
      }
    }
  }

  private static byte[] askTcp(InetSocketAddress server, byte[] question) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server, (int) TRY_MAX.toMillis());
      socket.setSoTimeout((int) TRY_MAX.toMillis());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[question.length + 2];
      framed[0] = (byte) (question.length >>> 8);
      framed[1] = (byte) question.length;
      System.arraycopy(question, 0, framed, 2, question.length);
      out.write(framed);
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answer;
    }
  }
}
