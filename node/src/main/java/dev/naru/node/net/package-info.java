/** The pod network: namespaces and addresses, Service addresses by nftables, cluster DNS. */
@NullMarked
package dev.naru.node.net;

import org.jspecify.annotations.NullMarked;
