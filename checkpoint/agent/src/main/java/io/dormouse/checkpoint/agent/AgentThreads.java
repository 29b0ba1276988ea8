package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.pki.CallerGuard;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's threads, and the server that runs on some of them. */
final class AgentThreads {
  private static final Logger LOG = LoggerFactory.getLogger(AgentThreads.class);
  private static final int MESSAGE_BYTES_MAX = 1024 * 1024;
  private static final int CALLS_PER_CONNECTION_MAX = 512;
  private static final int GRPC_THREADS = 4;

  private AgentThreads() {}

  static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** One thread for all that is due later: what it starts must not hold it up. */
  static ScheduledThreadPoolExecutor timers(String name) {
    ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, named(name));
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  static AgentClock.Timers onTimers(ScheduledThreadPoolExecutor timers) {
    return (delay, task) -> {
      try {
        var unused = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("The agent is shutting down: the next one takes what is due later.");
      }
    };
  }

  static void repeat(ScheduledThreadPoolExecutor timers, long periodMillis, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            // An executor would drop it for ever, without a word.
            LOG.error("Housekeeping failed and goes on.", e);
          }
        };
    var unused =
        timers.scheduleWithFixedDelay(guarded, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
  }

  /** For work that waits; more than {@code waitingMax} are refused. */
  static ThreadPoolExecutor bounded(String name, int threads, int waitingMax) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waitingMax),
            named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Listens with certificates on both sides.
   *
   * @param forControllers nobody else may call it
   * @param forAgents nobody else may call it
   */
  static Server grpc(
      BindableService forControllers,
      BindableService forAgents,
      TlsIdentity identity,
      AgentConfig.Listen listen)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(listen.bind(), listen.port());
    if (address.isUnresolved()) {
      throw new IOException(
          "The bind (%s) is no known host.%nMaybe use 127.0.0.1, or an address of this machine."
              .formatted(listen.bind()));
    }
    return NettyServerBuilder.forAddress(address)
        .sslContext(identity.serverContext())
        .handshakeTimeout(10, TimeUnit.SECONDS)
        .addService(
            ServerInterceptors.intercept(
                forControllers, new CallerGuard(identity, Role.CONTROLLER)))
        .addService(ServerInterceptors.intercept(forAgents, new CallerGuard(identity, Role.AGENT)))
        .executor(Executors.newFixedThreadPool(GRPC_THREADS, named("grpc")))
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
        .permitKeepAliveTime(10, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .build()
        .start();
  }
}
