package dev.naru.node;

import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.net.PodNetwork;
import dev.naru.node.net.ServiceProxy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;

/** What all pods of a node share. */
record NodeParts(
    NodeConfig config,
    Machine machine,
    KubernetesClient client,
    Cluster cluster,
    ContainerRuntime runtime,
    PodNetwork network,
    ServiceProxy proxy,
    TrafficGate gate,
    ContainerStarter starter,
    Events events,
    InstantSource clock) {}
