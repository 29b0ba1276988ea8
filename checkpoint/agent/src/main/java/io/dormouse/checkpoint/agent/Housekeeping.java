package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.Usage;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the agent does by itself, again and again: see exits, measure, clean up, forget. */
final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /** How long an instance that is over stays in the inventory. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Instances instances;
  private final Set<Session> lookedAt = ConcurrentHashMap.newKeySet();
  private final Set<Session> measured = ConcurrentHashMap.newKeySet();

  Housekeeping(Instances instances) {
    this.instances = instances;
  }

  /** Ends the instances whose process ended by itself. */
  void lookForExits() {
    instances.all().forEach(session -> once(lookedAt, session, Ending::noticeExit));
  }

  /** Tells what instances use; the figures are those of the time before. */
  void measure() {
    Telemetry.Builder telemetry = Telemetry.newBuilder().addAllInstances(instances.statuses());
    instances.parts().events().accept(AgentEvent.newBuilder().setTelemetry(telemetry).build());
    instances.all().forEach(session -> once(measured, session, this::measureAndClean));
  }

  /** Gives back what no image uses; other agents of the store may do so at the same time. */
  void collect() {
    Stored<Long> collected = instances.parts().store().collect();
    if (collected instanceof Stored.Failed<Long> failed) {
      LOG.warn("The store was not collected: {}", failed.failure().message());
    } else if (collected instanceof Stored.Ok<Long> ok && ok.value() > 0) {
      LOG.info("The store gave back {} bytes.", ok.value());
    }
  }

  /** Does something unless it still waits from the last time. */
  private static void once(Set<Session> pending, Session session, Consumer<Session> work) {
    if (pending.add(session)) {
      session.execute(
          () -> {
            try {
              work.accept(session);
            } catch (RuntimeException e) {
              LOG.error("instance={}: housekeeping failed", session.instance, e);
            } finally {
              pending.remove(session);
            }
          });
    }
  }

  private void measureAndClean(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      instances.retire(session);
    } else if (record.isOver()) {
      Ending.clean(session);
      Ending.deleteStaleImages(session);
      forgetIfOld(session);
    } else if (record.state() == InstanceState.ATTACHED) {
      Ending.giveImageBack(session);
    } else if (record.life() != null) {
      Ending.deleteStaleImages(session);
      Outcome<Usage> usage = session.parts.engine().usage(record.life().capsule());
      if (usage instanceof Outcome.Ok<Usage> ok) {
        Usage used = ok.value();
        session.used(used.memoryBytes(), TimeUnit.NANOSECONDS.toMicros(used.cpuTime().toNanos()));
        var unused = session.refresh();
      }
    }
  }

  private void forgetIfOld(Session session) {
    InstanceRecord record = session.record();
    if (record == null || record.end() == null || !record.end().cleaned()) {
      return;
    }
    long ageMillis = instances.parts().clock().wall().millis() - record.end().atEpochMillis();
    if (record.images().stale().isEmpty() && ageMillis > REMEMBERED.toMillis()) {
      try {
        instances.parts().records().remove(session.instance);
        instances.retire(session);
      } catch (IOException e) {
        LOG.warn("instance={}: its record can't be removed: {}", session.instance, e.toString());
      }
    }
  }
}
