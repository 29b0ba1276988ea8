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
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.util.Objects;
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
    return DumpPermit.run(session, order, () -> stage(session, life, order));
  }

  private AgentResult stage(Session session, Life life, Dumping.Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Stored<StagedImage> staged =
        parts
            .store()
            .stage(
                new ExpectedImage(
                    new ImageId(session.instance, order.generation()),
                    record.origin().ownerUid(),
                    Optional.ofNullable(life.parent()),
                    parts.engine()::writesOnce));
    if (staged instanceof Stored.Failed<StagedImage> failed) {
      return Results.failed(failed.failure());
    }
    StagedImage stage = ((Stored.Ok<StagedImage>) staged).value();
    boolean kept = false;
    try {
      AgentResult stopped = dump(session, record, order, stage);
      kept = stopped.hasDone();
      return stopped;
    } finally {
      if (!kept) {
        parts.store().discard(stage);
      }
    }
  }

  private AgentResult dump(
      Session session, InstanceRecord record, Dumping.Order order, StagedImage stage) {
    Life life = Objects.requireNonNull(record.life());
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
            .then(report -> withSpec(session, life, report));
    if (Ending.noticeExit(session)) {
      return Checks.unknown(session.instance);
    }
    learn(life, drafted);
    Outcome<?> goesOn = Freezing.runOn(session);
    session.publish();
    long stoodMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (drafted instanceof Outcome.Failed<Drafted> failed) {
      return Results.failed(FailureCode.DUMP_FAILED, failed.failure());
    }
    if (goesOn instanceof Outcome.Failed<?> failed) {
      return Results.failed(FailureCode.INTERNAL, failed.failure());
    }
    LOG.info("image={}: it stood still for {} ms for a draft", stage.id(), stoodMillis);
    rest = () -> published(stage, life, ((Outcome.Ok<Drafted>) drafted).value());
    return Results.done(Done.newBuilder());
  }

  private void learn(Life life, Outcome<Drafted> drafted) {
    if (drafted instanceof Outcome.Failed<Drafted> failed) {
      parts.verdicts().failed(life.kind(), failed.failure());
    } else {
      parts.verdicts().worked(life.kind());
    }
  }

  private record Drafted(DumpReport report, InstanceSpec spec) {}

  private Outcome<Drafted> withSpec(Session session, Life life, DumpReport report) {
    return parts
        .engine()
        .inspect(life.capsule())
        .then(
            state ->
                state.isPresent()
                    ? Outcome.ok(new Drafted(report, state.get().spec()))
                    : Outcome.failed(new EngineFailure.ProcessGone(session.instance)));
  }

  /** Packs what was dumped, once, for any thread. */
  AgentResult publish() {
    return rest.get();
  }

  private AgentResult published(StagedImage stage, Life life, Drafted drafted) {
    boolean kept = false;
    try {
      Stored<Image.Published> published =
          parts.store().publish(stage, metadata(stage.id(), life, drafted));
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

  private ImageMetadata metadata(ImageId id, Life life, Drafted drafted) {
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
}
