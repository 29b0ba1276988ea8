package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agent.Stop.Dumped;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dump, from the freeze to the published image; and the release of its source. For tasks of the
 * session's strand.
 */
final class Dumping {
  private static final Logger LOG = LoggerFactory.getLogger(Dumping.class);

  private final Session session;
  private final Parts parts;
  private final Life life;
  private final Order order;
  private final Connections connections;

  /**
   * What was asked.
   *
   * @param refusal why it is not to be begun now; empty as long as it is
   */
  record Order(UUID generation, Duration lease, Supplier<Optional<AgentResult>> refusal) {}

  private Dumping(Session session, Life life, Order order, Connections connections) {
    this.session = session;
    this.parts = session.parts;
    this.life = life;
    this.order = order;
    this.connections = connections;
  }

  /** Dumps; on any failure the instance runs on and no image is left. */
  static AgentResult dump(Session session, Order order, Connections connections) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (!session.parts.engine().abilities().contains(Ability.IMAGE)) {
      return Checks.noImages(session);
    }
    Life life = record.life();
    boolean stoppable =
        record.state() == InstanceState.RUNNING || record.state() == InstanceState.FROZEN;
    if (!stoppable || life == null) {
      return Checks.wrongState(record, "RUNNING or FROZEN");
    }
    Dumping dumping = new Dumping(session, life, order, connections);
    return record.isFrozen() && order.generation.equals(record.images().dumped())
        ? dumping.again()
        : Staging.run(session, order, dumping::expected, dumping::stop);
  }

  /**
   * Ends the frozen source of a committed image. Done means that it is dead: whoever asked may let
   * the next life run.
   */
  static AgentResult release(Session session, UUID generation) {
    InstanceRecord record = session.record();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (!generation.equals(record.images().dumped())) {
      return Results.failed(
          FailureCode.WRONG_STATE,
          String.format(
              "The instance %s (%s) does not stand still at image %s.%n"
                  + "Maybe the lease ended: then it ran on and the image is void.",
              session.instance, record.state(), generation));
    }
    if (!record.isOver()) {
      Ending.end(
          session,
          InstanceState.RELEASED,
          EndReason.HIBERNATED,
          0,
          "It hibernated as generation " + generation + ".");
    }
    if (!Ending.isDead(session)) {
      return Results.failed(
          FailureCode.INTERNAL,
          String.format(
              "The released source of %s can't be killed yet.%n"
                  + "Maybe it waits for a disk or network file system; ask again, and see the agent's log.",
              session.instance));
    }
    return Results.done(Done.newBuilder().setStatus(session.refresh()));
  }

  /** The image of this stop is there already: only the lease is new. */
  private AgentResult again() {
    Freezing.renew(session, order.lease);
    Done.Builder done = Done.newBuilder().setStatus(session.refresh());
    if (parts.store().show(new ImageId(session.instance, order.generation))
        instanceof Image.Published image) {
      done.setImageBytes(image.manifest().storedBytes());
    }
    return Results.done(done);
  }

  private ExpectedImage expected(InstanceRecord record) {
    return new ExpectedImage(
            new ImageId(session.instance, order.generation),
            record.origin().ownerUid(),
            Optional.ofNullable(life.parent()),
            parts.engine()::writesOnce)
        .on(Tracking.base(parts, life.capsule()));
  }

  private AgentResult stop(InstanceRecord record, StagedImage stage) {
    // An earlier image of the same stop gives way to this one.
    Stop stop =
        Stop.begin(
            session,
            record.with(record.images().sourceWins().dumping(order.generation)),
            order.lease);
    Outcome<Dumped> dumped =
        stop.dump(
            stage.directory(), options(parts, connections).inheriting(stage.inherits()).live(true));
    if (dumped instanceof Outcome.Failed<Dumped> failed) {
      undo(stage);
      return Results.failed(FailureCode.DUMP_FAILED, failed.failure());
    }
    Dumped made = ((Outcome.Ok<Dumped>) dumped).value();
    return publish(stage, stop.metadata(stage.id(), parts.engine().name(), made), made.report());
  }

  private AgentResult publish(StagedImage stage, ImageMetadata metadata, DumpReport report) {
    long start = System.nanoTime();
    Stored<Image.Published> published = parts.store().publish(stage, metadata, report.leftOut());
    if (published instanceof Stored.Failed<Image.Published> failed) {
      undo(stage);
      return Results.failed(failed.failure());
    }
    Image.Published image = ((Stored.Ok<Image.Published>) published).value();
    Tracking.begin(parts, life.capsule(), stage.id());
    LOG.info(
        "instance={} image={}: dumped in {} ms, {} bytes of which {} are new published in {} ms",
        session.instance,
        order.generation,
        report.took().toMillis(),
        image.manifest().contents().fileBytes(),
        image.manifest().contents().newBytes(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return settle(image);
  }

  private AgentResult settle(Image.Published image) {
    InstanceRecord record = session.living();
    if (record != null) {
      session.become(
          record
              .with(record.images().dumped(order.generation))
              .with(InstanceState.FROZEN, session.newLease(order.lease)));
      Freezing.watchLease(session);
    }
    Ending.deleteStaleImages(session);
    return Results.done(
        Done.newBuilder()
            .setStatus(session.refresh())
            .setImageBytes(image.manifest().storedBytes()));
  }

  private void undo(StagedImage stage) {
    parts.store().discard(stage);
    if (Ending.noticeExit(session)) {
      return;
    }
    InstanceRecord record = session.living();
    if (record != null && record.isFrozen()) {
      Freezing.runOn(session);
      session.publish();
    } else if (record != null) {
      session.intend(record.with(record.images().dumping(null)));
    }
  }

  /** {@code connections}: what becomes of them, if the engine can be told. */
  static DumpOptions options(Parts parts, Connections connections) {
    DumpOptions options = new DumpOptions(DumpOptions.After.LEAVE_FROZEN, parts.settings().slow());
    return parts.engine().abilities().contains(Ability.CLOSE) ? options.with(connections) : options;
  }
}
