package dev.naru.node.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A line server run as a process inside a pod's namespace: answers its name and who asked. */
final class Peer {
  private Peer() {}

  /** Arguments: name, port. */
  public static void main(String[] args) throws IOException {
    try (ServerSocket server = new ServerSocket(Integer.parseInt(args[1]))) {
      System.out.println("listening");
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(args[0], socket));
      }
    }
  }

  private static void serve(String name, Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(name + " " + socket.getInetAddress().getHostAddress());
      }
    } catch (IOException e) {
      System.err.println(name + ": " + e);
    }
  }
}
