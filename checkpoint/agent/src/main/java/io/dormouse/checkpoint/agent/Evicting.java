package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Evicted;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.engines.EvictionPlan;
import io.dormouse.checkpoint.engines.InstanceSpec;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.SavedData;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a frozen instance's data off the disk: the image first, then the record that it must come
 * back, then the holes. For tasks of the session's strand.
 */
final class Evicting {
  private static final Logger LOG = LoggerFactory.getLogger(Evicting.class);

  private final Session session;
  private final Parts parts;
  private final Life life;
  private final Dumping.Order order;
  private boolean wasRunning;

  private Evicting(Session session, Life life, Dumping.Order order) {
    this.session = session;
    this.parts = session.parts;
    this.life = life;
    this.order = order;
  }

  /** What was saved, and of what. */
  private record Saved(SavedData data, InstanceSpec spec, Instant stoppedAt) {}

  /** Evicts; on failure the instance has its data, or stays frozen. */
  static AgentResult evict(Session session, Dumping.Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (!session.parts.engine().abilities().contains(Ability.DATA)) {
      return Results.failed(
          FailureCode.UNSUPPORTED,
          String.format(
              "The engine (%s) of this node can't evict data.%n"
                  + "Maybe its disk's file system makes no holes; look at the agent's log.",
              session.parts.engine().name()));
    }
    Life life = record.life();
    boolean stoppable =
        record.state() == InstanceState.RUNNING || record.state() == InstanceState.FROZEN;
    if (!stoppable || life == null || record.images().dumped() != null) {
      return Checks.wrongState(record, "RUNNING or FROZEN, without an image of the same stop");
    }
    Evicted evicted = record.images().evicted();
    if (evicted != null && evicted.complete()) {
      return again(session, order, evicted);
    }
    Evicting evicting = new Evicting(session, life, order);
    return Staging.run(session, order, evicting::expected, evicting::stopAndSave);
  }

  /** The data is gone already: only the lease is new. */
  private static AgentResult again(Session session, Dumping.Order order, Evicted evicted) {
    Freezing.renew(session, order.lease());
    Done.Builder done = Done.newBuilder().setStatus(session.refresh());
    if (session.parts.store().show(new ImageId(session.instance, evicted.image()))
        instanceof Image.Published image) {
      done.setImageBytes(image.manifest().storedBytes());
    }
    return Results.done(done);
  }

  private ExpectedImage expected(InstanceRecord record) {
    return new ExpectedImage(
        new ImageId(session.instance, order.generation()),
        record.origin().ownerUid(),
        Optional.empty(),
        DataEviction::writesOnce);
  }

  private AgentResult stopAndSave(InstanceRecord record, StagedImage stage) {
    wasRunning = record.state() == InstanceState.RUNNING;
    Stop stop =
        Stop.begin(
            session,
            record.with(record.images().sourceWins().dumping(order.generation())),
            order.lease());
    Outcome<Saved> saved =
        stop.freeze()
            .then(frozen -> parts.engine().data(life.capsule()))
            .then(data -> parts.eviction().plan(data))
            .then(plan -> save(stop, plan, stage));
    if (saved instanceof Outcome.Failed<Saved> failed) {
      return undo(stage, Results.failed(FailureCode.DUMP_FAILED, failed.failure()));
    }
    return publish(stage, ((Outcome.Ok<Saved>) saved).value());
  }

  private Outcome<Saved> save(Stop stop, EvictionPlan plan, StagedImage stage) {
    LOG.info(
        "instance={}: evicting {} files of {} bytes; what stays: {}",
        session.instance,
        plan.files(),
        plan.allocatedBytes(),
        plan.keptInWords());
    Instant stoppedAt = Instant.ofEpochMilli(parts.clock().wall().millis());
    return parts
        .eviction()
        .save(plan, stage.directory())
        .then(data -> stop.spec().then(spec -> Outcome.ok(new Saved(data, spec, stoppedAt))));
  }

  private AgentResult publish(StagedImage stage, Saved saved) {
    Stored<Image.Published> published = parts.store().publish(stage, metadata(stage.id(), saved));
    if (published instanceof Stored.Failed<Image.Published> failed) {
      return undo(stage, Results.failed(failed.failure()));
    }
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Evicted evicting = new Evicted(order.generation(), saved.data().allocatedBytes(), false);
    session.intendDurably(record.with(record.images().evicted(evicting)));
    long start = System.nanoTime();
    Outcome<?> evicted = parts.eviction().evict(saved.data());
    if (evicted instanceof Outcome.Failed<?> failed) {
      AgentResult holes = Refilling.refill(session);
      return holes != null
          ? holes
          : runOnIfItRan(Results.failed(FailureCode.INTERNAL, failed.failure()));
    }
    LOG.info(
        "instance={} image={}: {} bytes of data evicted in {} ms",
        session.instance,
        order.generation(),
        evicting.bytes(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return settle(evicting, ((Stored.Ok<Image.Published>) published).value());
  }

  private AgentResult settle(Evicted evicting, Image.Published image) {
    InstanceRecord record = session.living();
    if (record != null) {
      Evicted evicted = new Evicted(evicting.image(), evicting.bytes(), true);
      session.become(
          record
              .with(record.images().evicted(evicted))
              .with(InstanceState.FROZEN, session.newLease(order.lease())));
      Freezing.watchLease(session);
    }
    return Results.done(
        Done.newBuilder()
            .setStatus(session.refresh())
            .setImageBytes(image.manifest().storedBytes()));
  }

  private AgentResult undo(StagedImage stage, AgentResult failure) {
    parts.store().discard(stage);
    InstanceRecord record = session.living();
    if (record != null) {
      session.intend(record.with(record.images().dumping(null)));
    }
    return runOnIfItRan(failure);
  }

  private AgentResult runOnIfItRan(AgentResult failure) {
    InstanceRecord record = session.living();
    if (wasRunning && record != null && record.isFrozen() && !Ending.noticeExit(session)) {
      Freezing.runOn(session);
    } else {
      Ending.deleteStaleImages(session);
    }
    return failure;
  }

  private ImageMetadata metadata(ImageId id, Saved saved) {
    return new ImageMetadata(
        id,
        Optional.ofNullable(life.parent()),
        ImageMetadata.DATA,
        saved.spec().ownerUid(),
        saved.spec().ownerGid(),
        SpecHash.of(saved.spec()),
        saved.stoppedAt(),
        saved.data().fileBytes(),
        parts.settings().host());
  }
}
