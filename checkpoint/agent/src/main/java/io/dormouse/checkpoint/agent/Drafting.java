package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceSpec;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One draft of an instance that goes on: an image that nobody may wake, for another node to have
 * most of it before the instance comes. It stands still for the dump alone, and is packed while it
 * runs. For tasks of the session's strand.
 */
final class Drafting {
  /** What is not removed by whoever wanted it by then never will be. */
  static final Duration AGE_MAX = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(Drafting.class);

  private final Session session;
  private final Parts parts;
  private final Life life;
  private final ImageId id;

  private Drafting(Session session, Life life, ImageId id) {
    this.session = session;
    this.parts = session.parts;
    this.life = life;
    this.id = id;
  }

  /** Takes a draft; whatever comes of it, the instance runs on. */
  static AgentResult draft(Session session, Dumping.Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Life life = record.life();
    if (record.state() != InstanceState.RUNNING || life == null) {
      return Checks.wrongState(record, "RUNNING");
    }
    if (!session.parts.engine().abilities().contains(Ability.IMAGE)) {
      return Checks.noImages(session);
    }
    ImageId id = new ImageId(session.instance, order.generation());
    return session.parts.store().show(id) instanceof Image.Published there
        ? done(there)
        : DumpPermit.run(session, order, () -> new Drafting(session, life, id).stage(order));
  }

  private AgentResult stage(Dumping.Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Stored<StagedImage> staged =
        parts
            .store()
            .stage(
                new ExpectedImage(
                    id,
                    record.origin().ownerUid(),
                    Optional.ofNullable(life.parent()),
                    parts.engine()::writesOnce));
    return staged instanceof Stored.Failed<StagedImage> failed
        ? Results.failed(failed.failure())
        : dump(record, order, ((Stored.Ok<StagedImage>) staged).value());
  }

  private AgentResult dump(InstanceRecord record, Dumping.Order order, StagedImage stage) {
    // On record as any freeze: if the agent is killed now, the next one lets it run on.
    session.intend(record.with(InstanceState.FROZEN, session.newLease(order.lease())));
    Freezing.watchLease(session);
    long start = System.nanoTime();
    Outcome<Drafted> drafted =
        parts
            .engine()
            .freeze(life.capsule(), parts.settings().quick())
            .then(
                frozen ->
                    parts
                        .engine()
                        .dump(
                            life.capsule(),
                            stage.directory(),
                            Dumping.options(parts, Connections.CLOSE)))
            .then(this::withSpec);
    if (Ending.noticeExit(session)) {
      parts.store().discard(stage);
      return Checks.unknown(session.instance);
    }
    Freezing.runOn(session);
    long stoodMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (drafted instanceof Outcome.Failed<Drafted> failed) {
      parts.store().discard(stage);
      return Results.failed(FailureCode.DUMP_FAILED, failed.failure());
    }
    return publish(stage, ((Outcome.Ok<Drafted>) drafted).value(), stoodMillis);
  }

  private record Drafted(DumpReport report, InstanceSpec spec) {}

  private Outcome<Drafted> withSpec(DumpReport report) {
    return parts
        .engine()
        .inspect(life.capsule())
        .then(
            state ->
                state.isPresent()
                    ? Outcome.ok(new Drafted(report, state.get().spec()))
                    : Outcome.failed(new EngineFailure.ProcessGone(session.instance)));
  }

  private AgentResult publish(StagedImage stage, Drafted drafted, long stoodMillis) {
    Stored<Image.Published> published = parts.store().publish(stage, metadata(drafted));
    if (published instanceof Stored.Failed<Image.Published> failed) {
      parts.store().discard(stage);
      return Results.failed(failed.failure());
    }
    LOG.info("image={}: a draft, for which it stood still for {} ms", id, stoodMillis);
    return done(((Stored.Ok<Image.Published>) published).value());
  }

  private static AgentResult done(Image.Published draft) {
    return Results.done(Done.newBuilder().setImageBytes(draft.manifest().storedBytes()));
  }

  private ImageMetadata metadata(Drafted drafted) {
    return new ImageMetadata(
        id,
        Optional.ofNullable(life.parent()),
        ImageMetadata.DRAFT,
        drafted.spec().ownerUid(),
        drafted.spec().ownerGid(),
        SpecHash.of(drafted.spec()),
        drafted.report().stoppedAt(),
        drafted.report().memoryBytes(),
        parts.settings().host());
  }

  /** Removes drafts that nobody came back for. */
  static void sweep(ImageStore store, Instant now) {
    if (!(store.list() instanceof Stored.Ok<List<Image>> images)) {
      return;
    }
    for (Image image : images.value()) {
      if (image instanceof Image.Published draft
          && draft.manifest().metadata().isDraft()
          && draft.manifest().metadata().createdAt().plus(AGE_MAX).isBefore(now)
          && store.delete(draft.id()) instanceof Stored.Ok) {
        LOG.info("image={}: an old draft, removed", draft.id());
      }
    }
  }
}
