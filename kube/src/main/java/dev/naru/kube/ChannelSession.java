package dev.naru.kube;

import java.io.IOException;

/**
 * A conversation in frames over a WebSocket. The first byte of a frame is its channel.
 *
 * <p>Source: KEP-4006 (v5.channel.k8s.io); v4.channel.k8s.io of the remote command protocol.
 */
interface ChannelSession {
  /** The client's side, given by the transport. */
  interface Client {
    /** Sends one binary frame; blocks while the client is slow. */
    void send(byte[] frame) throws IOException;

    void close(int code, String reason);
  }

  /** Starts; called once, when the connection is open. Does not block. */
  void open(Client client);

  /** A frame of the client. */
  void frame(byte[] frame);

  /** The connection is gone, whoever ended it. */
  void closed();
}
