package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what an earlier process left: records say what it meant to do, the engine says what
 * was done. Where the two differ about frozen or running, what is true wins.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final Instances instances;
  private final Parts parts;

  Recovery(Instances instances) {
    this.instances = instances;
    this.parts = instances.parts();
  }

  /** Completes when all is taken over; before that no client is let in. */
  CompletableFuture<?> run() throws IOException {
    Set<String> known = new HashSet<>();
    List<CompletableFuture<?>> turns = new ArrayList<>();
    for (InstanceRecord record : parts.records().load()) {
      Optional<Session> session = instances.findOrMake(record.origin().instance());
      if (session.isEmpty()) {
        LOG.error("instance={}: more records than places", record.origin().instance());
        continue;
      }
      session.get().recover(record);
      if (record.life() != null) {
        known.add(record.life().capsule());
      }
      UUID restoring = record.images().restoring();
      if (restoring != null) {
        known.add(capsule(record.origin().instance(), restoring));
      }
      turns.add(instances.on(session.get(), this::recover));
    }
    removeStrangers(known);
    return CompletableFuture.allOf(turns.toArray(CompletableFuture<?>[]::new));
  }

  private boolean recover(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      return false;
    }
    LOG.info("instance={} state={}: found after a restart", session.instance, record.state());
    if (record.isOver()) {
      Ending.clean(session);
    } else if (record.state() == InstanceState.ATTACHED) {
      Ending.giveImageBack(session);
      expectLauncher(session);
    } else {
      expectLauncher(session);
      reconcile(session, record);
    }
    Ending.deleteStaleImages(session);
    return true;
  }

  /** Brings record and capsule together; if that can't be told or written down, later. */
  private void reconcile(Session session, InstanceRecord record) {
    if (record.lease() != null) {
      Freezing.watchLease(session);
    }
    if (Ending.noticeLostPages(session) || Ending.noticeExit(session)) {
      return;
    }
    Outcome<Optional<Status>> seen = look(record);
    session.lookedAt(seen);
    if (seen instanceof Outcome.Ok<Optional<Status>> told) {
      try {
        reconcile(session, record, told.value());
        return;
      } catch (UncheckedIOException e) {
        LOG.error("instance={}: what was found can't be written down yet", session.instance, e);
      }
    }
    reconcileLater(session);
  }

  private Outcome<Optional<Status>> look(InstanceRecord record) {
    Life life = record.life();
    return life == null
        ? Outcome.ok(Optional.empty())
        : parts
            .engine()
            .inspect(life.capsule())
            .then(capsule -> Outcome.ok(capsule.map(state -> state.status())));
  }

  private void reconcileLater(Session session) {
    parts
        .clock()
        .timers()
        .schedule(
            Freezing.RETRY,
            () ->
                session.execute(
                    () -> {
                      InstanceRecord living = session.living();
                      if (living != null && living.state() != InstanceState.ATTACHED) {
                        reconcile(session, living);
                      }
                    }));
  }

  private void reconcile(Session session, InstanceRecord record, Optional<Status> status) {
    if (status.isEmpty() || status.get() == Status.STARTING) {
      Ending.terminate(session, EndReason.LOST, "The agent was killed while it started.");
    } else if (status.get() == Status.RUNNING && record.images().evicted() != null) {
      Refilling.endForHoles(session);
    } else if (isOtherwise(record, status.get())) {
      letRun(session, record);
    } else {
      voidUnfinishedDump(session, record);
      finishEviction(session);
    }
  }

  private static boolean isOtherwise(InstanceRecord record, Status status) {
    return status == Status.FROZEN
        ? record.state() == InstanceState.RUNNING || record.isThawing()
        : record.state() != InstanceState.RUNNING;
  }

  /**
   * Also one that seems to run is thawed: a dump or a freeze that was cut short may be about to
   * stop it. The record is brought up to that, so that a thaw that fails is tried again. To end
   * what was cut short may take long, which only what is asked of this instance waits for.
   */
  private static void letRun(Session session, InstanceRecord record) {
    InstanceState stopped =
        record.state() == InstanceState.RESTORED_FROZEN
            ? InstanceState.RESTORED_FROZEN
            : InstanceState.FROZEN;
    session.intendDurably(
        record
            .with(record.images().claimed(null, null))
            .with(stopped, session.newLease(Freezing.RETRY)));
    Freezing.watchLease(session);
    session.execute(() -> Freezing.runOn(session));
  }

  /** One that was cut short has no answer either, so all is made as it was before. */
  private static void finishEviction(Session session) {
    InstanceRecord record = session.living();
    if (record == null || record.images().evicted() == null) {
      return;
    }
    if (!record.images().evicted().complete() && Refilling.refill(session) != null) {
      LOG.warn("instance={}: its data is not back; it stays frozen until it is.", session.instance);
    }
  }

  /**
   * A dump that was cut short has no answer: whatever is there of its image goes, and the leader
   * may dump again.
   */
  private static void voidUnfinishedDump(Session session, InstanceRecord record) {
    UUID dumping = record.images().dumping();
    if (dumping != null) {
      UUID dumped = record.images().dumped();
      Images without = record.images().dumped(null).dumping(dumping).sourceWins();
      session.intend(record.with(dumped == null ? without : without.dumped(dumped)));
    }
  }

  private void expectLauncher(Session session) {
    InstanceRecord expecting = session.living();
    if (expecting == null) {
      return;
    }
    parts
        .clock()
        .timers()
        .schedule(
            parts.settings().reconnectWindow(),
            () ->
                session.execute(
                    () ->
                        Ending.endWithoutLauncher(
                            session,
                            expecting.origin(),
                            EndReason.LOST,
                            "Its launcher did not come back after a restart of the agent.")));
  }

  private void removeStrangers(Set<String> known) {
    Outcome<List<String>> capsules = parts.engine().ids();
    if (capsules instanceof Outcome.Failed<List<String>> failed) {
      LOG.error("Strangers among the capsules are not looked for: {}", failed.failure().message());
      return;
    }
    for (String capsule : ((Outcome.Ok<List<String>>) capsules).value()) {
      if (!known.contains(capsule)) {
        LOG.warn("capsule={} is on no record and is removed.", capsule);
        Outcome<?> outcome = parts.engine().delete(capsule, parts.settings().quick());
        if (outcome instanceof Outcome.Failed<?> failed) {
          LOG.error("capsule={}: {}", capsule, failed.failure().message());
        }
      }
    }
  }

  static String capsule(String instance, UUID generation) {
    return capsule(instance, generation.toString());
  }

  static String capsule(String instance, String generation) {
    return instance + "-" + generation.substring(0, 8);
  }
}
