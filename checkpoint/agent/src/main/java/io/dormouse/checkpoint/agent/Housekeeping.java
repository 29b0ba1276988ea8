package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.telemetry.NodeSampler;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.Upkeep;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the agent does by itself, again and again: see exits, measure, clean up, forget. */
final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /** How long an instance that is over stays in the inventory. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  /** What nobody wrote to for so long is being written by nobody. */
  private static final Duration LEFT_BEHIND = Duration.ofHours(1);

  private final Instances instances;
  private final NodeSampler node = new NodeSampler();

  /** Of the thread that looks for exits. */
  private boolean blind;

  private final Set<Session> lookedAt = ConcurrentHashMap.newKeySet();
  private final Set<Session> caredFor = ConcurrentHashMap.newKeySet();

  Housekeeping(Instances instances) {
    this.instances = instances;
  }

  /** Ends the instances whose process ended by itself: one look at all of them. */
  void lookForExits() {
    instances.all().stream()
        .filter(Session::pagesMayCome)
        .forEach(session -> once(lookedAt, session, Ending::noticeLostPages));
    Outcome<List<String>> ended = instances.parts().engine().ended();
    told(ended);
    if (!(ended instanceof Outcome.Ok<List<String>> ok) || ok.value().isEmpty()) {
      return;
    }
    Set<String> capsules = Set.copyOf(ok.value());
    for (Session session : instances.all()) {
      String capsule = session.livingCapsule();
      if (capsule != null && capsules.contains(capsule)) {
        once(lookedAt, session, Ending::noticeExit);
      }
    }
  }

  /** Says once that ends can't be seen, and once that they can again. */
  private void told(Outcome<List<String>> ended) {
    boolean fails = ended instanceof Outcome.Failed<List<String>>;
    if (fails && !blind) {
      LOG.error(
          "Ends are not seen: {}", ((Outcome.Failed<List<String>>) ended).failure().message());
    } else if (!fails && blind) {
      LOG.info("Ends are seen again.");
    }
    blind = fails;
  }

  /**
   * Samples what the node and its instances use, tells it, and has cleaned up what is over. An
   * instance of which nothing is told is looked at closely: it may have ended unseen.
   */
  void measure() {
    for (Session session : instances.all()) {
      String capsule = session.livingCapsule();
      if (capsule != null) {
        measure(session, capsule);
      }
      if (session.needsCare()) {
        once(caredFor, session, this::care);
      }
    }
    Telemetry.Builder telemetry =
        Telemetry.newBuilder()
            .addAllInstances(instances.statuses())
            .setNode(UsageMessages.of(node.sample()));
    instances.parts().events().accept(AgentEvent.newBuilder().setTelemetry(telemetry).build());
  }

  private void measure(Session session, String capsule) {
    Outcome<Usage> usage = instances.parts().engine().usage(capsule);
    if (usage instanceof Outcome.Ok<Usage> ok) {
      session.used(capsule, ok.value());
    } else {
      once(lookedAt, session, Ending::noticeExit);
    }
  }

  /**
   * Notes what owners store, removes images for their age, and gives back what no image uses. Other
   * agents of the store may do so at the same time.
   */
  void collect() {
    sweepCopies();
    if (instances.parts().store().sweep(LEFT_BEHIND) instanceof Stored.Failed<Integer> failed) {
      LOG.warn("What dead writers left was not removed: {}", failed.failure().message());
    }
    Upkeep upkeep = instances.parts().store().upkeep();
    if (upkeep.account() instanceof Stored.Failed<Instant> failed) {
      LOG.warn("What owners store was not noted: {}", failed.failure().message());
    }
    Stored<List<ImageId>> removed = upkeep.retain();
    if (removed instanceof Stored.Failed<List<ImageId>> failed) {
      LOG.warn("Old images were not removed: {}", failed.failure().message());
    } else if (removed instanceof Stored.Ok<List<ImageId>> ok) {
      ok.value().forEach(id -> LOG.info("image={}: removed, as the retention says", id));
    }
    Stored<Long> collected = instances.parts().store().collect();
    if (collected instanceof Stored.Failed<Long> failed) {
      LOG.warn("The store was not collected: {}", failed.failure().message());
    } else if (collected instanceof Stored.Ok<Long> ok && ok.value() > 0) {
      LOG.info("The store gave back {} bytes.", ok.value());
    }
  }

  /** Drops copies on fast storage whose images are gone. */
  private void sweepCopies() {
    instances
        .parts()
        .fast()
        .ifPresent(
            copies ->
                copies.sweep(instances.parts().store(), id -> FastCommands.isInUse(instances, id)));
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

  private void care(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      instances.retire(session);
    } else if (record.isOver()) {
      Ending.clean(session);
      Ending.deleteStaleImages(session);
      forgetIfOld(session);
    } else if (record.state() == InstanceState.ATTACHED) {
      Ending.giveImageBack(session);
    } else {
      Ending.deleteStaleImages(session);
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
