package dev.naru.gateway;

/**
 * Who serves: one port of one pod. The pod's uid is part of it, so that a fresh pod which gets the
 * address of a drained one is another endpoint.
 *
 * @param uid uid of the pod ({@code targetRef.uid} of the EndpointSlice), empty when the slice
 *     names none
 */
record EndpointId(String uid, String ip, int port) {
  @Override
  public String toString() {
    return ip.indexOf(':') >= 0 ? "[" + ip + "]:" + port : ip + ":" + port;
  }
}
