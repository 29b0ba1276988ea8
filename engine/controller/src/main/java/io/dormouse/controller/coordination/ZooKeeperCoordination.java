package io.dormouse.controller.coordination;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination;
import io.dormouse.controller.machine.Input;
import io.dormouse.engine.spi.Epoch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leadership, intents and the registry in ZooKeeper. All that blocks happens on one thread of its
 * own. Thread-safe.
 *
 * <p>A connection in doubt suspends; only the end of the session ends a leadership. What an
 * abandoned leader still writes is refused by the transactions' guard ({@link CellStore}).
 */
public final class ZooKeeperCoordination implements Coordination, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperCoordination.class);
  private static final int WRITES_WAITING_MAX = 10_000;
  private static final int WRITES_TOGETHER = 64;
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final Duration STAND_AGAIN = Duration.ofSeconds(1);

  private final CuratorFramework client;
  private final CellPaths paths;
  private final String name;
  private final Consumer<Input> inputs;
  private final ScheduledExecutorService thread;
  private final BlockingQueue<Write> writes = new ArrayBlockingQueue<>(WRITES_WAITING_MAX);

  private volatile Optional<LeaderLatch> latch = Optional.empty();
  private volatile Optional<CellStore> store = Optional.empty();
  private volatile boolean closed;

  /**
   * Makes a candidate; {@link #start} has it stand for election.
   *
   * @param settings where and how
   * @param inputs receives what happens, from threads of this object's
   */
  public ZooKeeperCoordination(Settings settings, Consumer<Input> inputs) {
    this.name = settings.name();
    this.paths = CellPaths.of(settings.cell());
    this.inputs = inputs;
    this.client =
        CuratorFrameworkFactory.builder()
            .connectString(settings.connect())
            .sessionTimeoutMs((int) settings.session().toMillis())
            .connectionTimeoutMs((int) settings.session().toMillis())
            .retryPolicy(new ExponentialBackoffRetry(50, 3))
            .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
            .build();
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "coordination-" + settings.cell());
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Where and how to coordinate.
   *
   * @param connect ZooKeeper's connect string
   * @param cell the cell's name
   * @param name this controller's name, for people
   * @param session how long a silent controller keeps its leadership
   */
  public record Settings(String connect, String cell, String name, Duration session) {}

  private record Write(long ticket, ImmutableList<Change> changes, CellStore under) {}

  /** Connects and stands for election. */
  public void start() {
    client.getConnectionStateListenable().addListener((unused, state) -> connection(state));
    client.start();
    thread.execute(this::stand);
  }

  @Override
  public void write(Epoch epoch, long ticket, ImmutableList<Change> changes) {
    Optional<CellStore> under = store.filter(held -> held.epoch().equals(epoch));
    if (under.isEmpty()) {
      inputs.accept(new Input.Fenced(epoch, ticket, "this leadership is over"));
    } else if (writes.offer(new Write(ticket, changes, under.get()))) {
      run(this::writeSome);
    } else {
      LOG.error("writes={} state=\"too many wait: leadership is given up\"", WRITES_WAITING_MAX);
      resign("too many writes wait");
    }
  }

  @Override
  public void resign(String reason) {
    LOG.warn("name={} state=resigning reason=\"{}\"", name, reason);
    store = Optional.empty();
    run(
        () -> {
          closeLatch();
          var unused = thread.schedule(this::stand, STAND_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  /** Gives up and disconnects; waits at most ten seconds. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    store = Optional.empty();
    thread.execute(this::closeLatch);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
    client.close();
  }

  private void stand() {
    if (closed || latch.isPresent()) {
      return;
    }
    LeaderLatch next = new LeaderLatch(client, paths.latch(), name);
    next.addListener(
        new LeaderLatchListener() {
          @Override
          public void isLeader() {
            run(() -> takeOver(next));
          }

          @Override
          public void notLeader() {
            lost(next, "the latch is lost");
          }
        });
    try {
      next.start();
      latch = Optional.of(next);
    } catch (Exception e) {
      LOG.error("name={} state=\"can't stand for election\"", name, e);
      var unused = thread.schedule(this::stand, STAND_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void takeOver(LeaderLatch of) {
    if (closed || !latch.equals(Optional.of(of)) || !of.hasLeadership()) {
      return;
    }
    try {
      CellStore taken = CellStore.takeOver(client, paths, of.getOurPath());
      CellStore.Found found = taken.load();
      if (of.hasLeadership()) {
        store = Optional.of(taken);
        inputs.accept(
            new Input.LeadershipGained(
                taken.epoch(), found.intents(), found.records(), found.paused()));
      }
    } catch (CellStore.NotLeading overtaken) {
      resign(String.valueOf(overtaken.getMessage()));
    } catch (IOException malformed) {
      LOG.error("name={} state=\"what is stored can't be read\"", name, malformed);
      resign("what is stored can't be read");
    } catch (Exception unreachable) {
      LOG.warn("name={} state=\"can't take over yet\" reason=\"{}\"", name, unreachable.toString());
      var unused = thread.schedule(() -> takeOver(of), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void writeSome() {
    List<Write> batch = new ArrayList<>();
    writes.drainTo(batch, WRITES_TOGETHER);
    if (batch.isEmpty()) {
      return;
    }
    CellStore under = batch.get(batch.size() - 1).under();
    batch.removeIf(write -> write.under() != under);
    while (!closed && store.equals(Optional.of(under))) {
      try {
        boolean written =
            under.write(batch.stream().flatMap(write -> write.changes().stream()).toList());
        batch.forEach(write -> inputs.accept(answer(write, written)));
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (Exception unknown) {
        LOG.warn("writes={} state=retrying reason=\"{}\"", batch.size(), unknown.toString());
        pause();
      }
    }
  }

  private static Input answer(Write write, boolean written) {
    return written
        ? new Input.Written(write.ticket())
        : new Input.Fenced(
            write.under().epoch(), write.ticket(), "another leader has taken the cell over");
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connection(ConnectionState state) {
    LOG.info("name={} zookeeper={}", name, state);
    switch (state) {
      case SUSPENDED -> inputs.accept(new Input.Suspended());
      case CONNECTED, RECONNECTED, READ_ONLY -> inputs.accept(new Input.Resumed());
      case LOST -> latch.ifPresent(current -> lost(current, "the session is lost"));
    }
  }

  private void lost(LeaderLatch of, String reason) {
    if (!latch.equals(Optional.of(of))) {
      return;
    }
    store = Optional.empty();
    inputs.accept(new Input.LeadershipLost(reason));
  }

  private void closeLatch() {
    Optional<LeaderLatch> current = latch;
    latch = Optional.empty();
    store = Optional.empty();
    current.ifPresent(
        held -> {
          try {
            held.close();
          } catch (IOException e) {
            LOG.warn("name={} state=\"the latch can't be closed\"", name, e);
          }
        });
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException stopped) {
      LOG.debug("name={} state=closed", name, stopped);
    }
  }
}
