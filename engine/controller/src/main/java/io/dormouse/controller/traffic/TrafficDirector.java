package io.dormouse.controller.traffic;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Placement;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.machine.Traffic;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every HAProxy's servers where their services are: at once when that changes, again soon
 * while one can't be told, and now and then in any case, since an HAProxy that was started anew has
 * what its configuration says. One thread of its own waits for them. Thread-safe.
 */
public final class TrafficDirector implements Traffic, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrafficDirector.class);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final TrafficSettings settings;
  private final List<Haproxy> haproxies;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "traffic");
            made.setDaemon(true);
            return made;
          });
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile Order wanted = new Order(ImmutableList.of());

  /** Of the thread: what is wrong, by HAProxy and service, so that it is said once. */
  private final Map<String, String> troubles = new HashMap<>();

  private @Nullable ScheduledFuture<?> next;

  /** One call's; another call's is another, even where the places are the same. */
  private static final class Order {
    final ImmutableList<Placement> placements;

    Order(ImmutableList<Placement> placements) {
      this.placements = placements;
    }
  }

  /** Makes one that does nothing until it is told to. */
  public TrafficDirector(TrafficSettings settings) {
    this.settings = settings;
    this.haproxies =
        settings.haproxies().stream()
            .map(address -> new Haproxy(address, settings.timeout()))
            .toList();
  }

  @Override
  public ImmutableList<Service> services() {
    return settings.services();
  }

  @Override
  public synchronized void direct(ImmutableList<Placement> placements) {
    wanted = new Order(placements);
    if (!haproxies.isEmpty()) {
      schedule(Duration.ZERO);
    }
  }

  @Override
  public void stop() {
    wanted = new Order(ImmutableList.of());
  }

  /** How often a server was sent elsewhere, since the start. */
  public long changes() {
    return changes.get();
  }

  /** How often one could not be, or not be looked at, since the start. */
  public long failures() {
    return failures.get();
  }

  /** Leaves all HAProxies as they are; waits for the call under way, at most a timeout long. */
  @Override
  public void close() {
    stop();
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("state=\"a call to HAProxy did not end in time\"");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void again(Order order, Duration delay) {
    if (wanted == order && !order.placements.isEmpty()) {
      schedule(delay);
    }
  }

  private synchronized void schedule(Duration delay) {
    if (next != null) {
      next.cancel(false);
    }
    try {
      next = thread.schedule(this::work, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("state=closed", closed);
    }
  }

  private void work() {
    Order order = wanted;
    boolean good = true;
    for (Placement placement : order.placements) {
      good &= direct(order, placement);
    }
    again(order, good ? settings.check() : RETRY);
  }

  private boolean direct(Order order, Placement placement) {
    ServerName server = settings.servers().get(placement.service().name());
    if (server == null) {
      return true;
    }
    boolean good = true;
    for (Haproxy haproxy : haproxies) {
      // Who follows another leader by now must not undo what that one did.
      good &= wanted != order || direct(haproxy, server, placement);
    }
    return good;
  }

  private boolean direct(Haproxy haproxy, ServerName server, Placement placement) {
    String place = "%s of %s".formatted(server, haproxy.address());
    Optional<String> trouble = tryTo(haproxy, server, placement);
    if (trouble.isEmpty()) {
      troubles.remove(place);
      return true;
    }
    failures.incrementAndGet();
    if (!trouble.get().equals(troubles.put(place, trouble.get()))) {
      LOG.warn("service={} state=\"not directed\"\n{}", placement.service().name(), trouble.get());
    }
    return false;
  }

  private Optional<String> tryTo(Haproxy haproxy, ServerName server, Placement placement) {
    String host;
    try {
      host = InetAddress.getByName(placement.host()).getHostAddress();
    } catch (IOException unknown) {
      return Optional.of(
          "The host (%s) of the node (%s) is not known.%nMaybe use its address in agents.addresses."
              .formatted(placement.host(), placement.node()));
    }
    Haproxy.Directed directed = haproxy.direct(server, host, placement.service().port());
    if (directed instanceof Haproxy.Directed.Failed failed) {
      return Optional.of(failed.failure().message());
    }
    if (((Haproxy.Directed.Done) directed).changed()) {
      changes.incrementAndGet();
      LOG.info(
          "service={} haproxy={} server={} node={} address={}:{} state=directed",
          placement.service().name(),
          haproxy.address(),
          server,
          placement.node(),
          host,
          placement.service().port());
    }
    return Optional.empty();
  }
}
