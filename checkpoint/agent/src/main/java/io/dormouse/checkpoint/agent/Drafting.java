package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agent.Stop.Dumped;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One draft of an instance that goes on: an image that nobody may wake, for another node to have
 * most of it before the instance comes. It stands still for the dump alone; the rest is done beside
 * it, so that whatever else is asked of it need not wait. To be stopped, and then published.
 */
final class Drafting {
  private static final Logger LOG = LoggerFactory.getLogger(Drafting.class);

  private final Parts parts;
  private Supplier<AgentResult> rest = () -> Results.done(Done.newBuilder());

  Drafting(Parts parts) {
    this.parts = parts;
  }

  /**
   * Dumps, and has the instance run on, whatever comes of it. For tasks of the session's strand.
   *
   * @return a failure, or that the draft can be published
   */
  AgentResult stop(Session session, Dumping.Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Life life = record.life();
    if (record.state() != InstanceState.RUNNING || life == null) {
      return Checks.wrongState(record, "RUNNING");
    }
    if (!parts.engine().abilities().contains(Ability.IMAGE)) {
      return Checks.noImages(session);
    }
    ImageId id = new ImageId(session.instance, order.generation());
    if (parts.store().show(id) instanceof Image.Published there) {
      rest = () -> done(there);
      return Results.done(Done.newBuilder());
    }
    return Staging.run(
        session,
        order,
        living ->
            new ExpectedImage(
                id,
                living.origin().ownerUid(),
                Optional.ofNullable(life.parent()),
                parts.engine()::writesOnce),
        (living, stage) -> dump(session, Stop.begin(session, living, order.lease()), stage));
  }

  private AgentResult dump(Session session, Stop stop, StagedImage stage) {
    long start = System.nanoTime();
    Outcome<Dumped> drafted =
        stop.dump(stage.directory(), Dumping.options(parts, Connections.CLOSE));
    if (Ending.noticeExit(session)) {
      return fail(stage, Checks.unknown(session.instance));
    }
    Outcome<?> goesOn = Freezing.runOn(session);
    session.publish();
    long stoodMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (drafted instanceof Outcome.Failed<Dumped> failed) {
      return fail(stage, Results.failed(FailureCode.DUMP_FAILED, failed.failure()));
    }
    if (goesOn instanceof Outcome.Failed<?> failed) {
      return fail(stage, Results.failed(FailureCode.INTERNAL, failed.failure()));
    }
    LOG.info("image={}: it stood still for {} ms for a draft", stage.id(), stoodMillis);
    ImageMetadata metadata =
        stop.metadata(stage.id(), ImageMetadata.DRAFT, ((Outcome.Ok<Dumped>) drafted).value());
    rest = () -> published(stage, metadata);
    return Results.done(Done.newBuilder());
  }

  private AgentResult fail(StagedImage stage, AgentResult failure) {
    parts.store().discard(stage);
    return failure;
  }

  /** Packs what was dumped, once, for any thread. */
  AgentResult publish() {
    return rest.get();
  }

  private AgentResult published(StagedImage stage, ImageMetadata metadata) {
    boolean kept = false;
    try {
      Stored<Image.Published> published = parts.store().publish(stage, metadata);
      kept = published instanceof Stored.Ok<Image.Published>;
      return published instanceof Stored.Ok<Image.Published> ok
          ? done(ok.value())
          : Results.failed(((Stored.Failed<Image.Published>) published).failure());
    } finally {
      if (!kept) {
        parts.store().discard(stage);
      }
    }
  }

  private static AgentResult done(Image.Published draft) {
    return Results.done(Done.newBuilder().setImageBytes(draft.manifest().storedBytes()));
  }
}
