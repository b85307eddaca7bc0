package dev.naru.node.net;

import java.nio.file.Path;

/**
 * A pod's place in the network.
 *
 * @param netns the named network namespace, to be joined by the pod's containers
 * @param ip the pod's IPv4 address
 */
public record PodAddress(Path netns, String ip) {}
