package dev.naru.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The event loops and the sockets that listen: epoll where it is, else NIO. */
final class Listeners implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final long SHUTDOWN_SECONDS_MAX = 10;

  private final MultiThreadIoEventLoopGroup group;
  private final Class<? extends ServerChannel> serverType;
  private final Map<EventLoop, Loop> loops = new HashMap<>();
  private final List<Loop> all = new ArrayList<>();
  private final List<Channel> listening = new ArrayList<>();
  final Core core;

  /**
   * @param epoll false to run on NIO although epoll is there
   * @param seed of the choices between endpoints
   */
  Listeners(GatewayConfig config, boolean epoll, long seed) {
    boolean useEpoll = epoll && Epoll.isAvailable();
    IoHandlerFactory io = useEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Supplier<? extends Channel> sockets =
        useEpoll ? EpollSocketChannel::new : NioSocketChannel::new;
    this.serverType = useEpoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    int count =
        config.eventLoops() > 0 ? config.eventLoops() : Runtime.getRuntime().availableProcessors();
    this.core = new Core(config, count);
    this.group =
        new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("gateway", true), io);
    for (EventExecutor executor : group) {
      Loop loop = new Loop(all.size(), core, (EventLoop) executor, sockets, seed + all.size());
      loops.put(loop.eventLoop, loop);
      all.add(loop);
    }
  }

  /**
   * Starts to listen on every address, or on none.
   *
   * @throws GatewayException when one cannot be had
   */
  void listen() {
    all.forEach(Loop::start);
    for (InetSocketAddress address : core.config.listen()) {
      try {
        listening.add(bind(address));
      } catch (IOException e) {
        close();
        throw PortOwners.explain(address, e);
      }
    }
  }

  private Channel bind(InetSocketAddress address) throws IOException {
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(serverType)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (bound.cause() != null) {
      throw bound.cause() instanceof IOException e ? e : new IOException(bound.cause());
    }
    return bound.channel();
  }

  private void accept(Channel channel) {
    Loop loop = loops.get(channel.eventLoop());
    if (loop == null) {
      throw new AssertionError("a connection came on a loop that is not of the gateway");
    }
    if (core.clients.incrementAndGet() > core.config.limits().clientsMax()) {
      core.clients.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> core.clients.decrementAndGet());
    loop.configure(channel);
    channel.pipeline().addLast(new ClientConnection(loop, channel));
  }

  List<Loop> loops() {
    return all;
  }

  /** The addresses bound, in the order of the configuration. */
  List<InetSocketAddress> addresses() {
    return listening.stream().map(c -> (InetSocketAddress) c.localAddress()).toList();
  }

  /** No further client is accepted. */
  void stopListening() {
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
  }

  /** Closes every connection at once and ends the loops. */
  @Override
  public void close() {
    stopListening();
    group.shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
