package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Done;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceSpec;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One stop of an instance for something to be made of it. It is on record before anything stands
 * still, and under a lease that ends it whatever goes wrong from then on: if the agent is killed
 * now, the next one lets the instance run on. For tasks of the session's strand.
 */
final class Stop {
  private final Session session;
  private final Parts parts;
  private final Life life;

  /** What was dumped. */
  record Dumped(DumpReport report, InstanceSpec spec) {}

  private Stop(Session session, Life life) {
    this.session = session;
    this.parts = session.parts;
    this.life = life;
  }

  /** Begins a stop of what the record says is alive. */
  static Stop begin(Session session, InstanceRecord record, Duration lease) {
    session.intend(record.with(InstanceState.FROZEN, session.newLease(lease)));
    Freezing.watchLease(session);
    return new Stop(session, Objects.requireNonNull(record.life()));
  }

  /** Has it stand still. */
  Outcome<Done> freeze() {
    return parts.engine().freeze(life.capsule(), parts.settings().quick());
  }

  /** Has it stand still, dumps it, and learns of its kind from what comes of that. */
  Outcome<Dumped> dump(Path directory, DumpOptions options) {
    Outcome<DumpReport> dumped =
        freeze().then(frozen -> parts.engine().dump(life.capsule(), directory, options));
    learn(dumped);
    return dumped.then(report -> spec().then(spec -> Outcome.ok(new Dumped(report, spec))));
  }

  /** One that ended meanwhile says nothing of its kind. */
  private void learn(Outcome<DumpReport> dumped) {
    if (dumped instanceof Outcome.Ok<DumpReport>) {
      parts.verdicts().worked(life.kind());
    } else if (!Ending.noticeExit(session)) {
      parts.verdicts().failed(life.kind(), ((Outcome.Failed<DumpReport>) dumped).failure());
    }
  }

  /** What it runs. */
  Outcome<InstanceSpec> spec() {
    return parts
        .engine()
        .inspect(life.capsule())
        .then(
            seen ->
                seen.isPresent()
                    ? Outcome.ok(seen.get().spec())
                    : Outcome.failed(new EngineFailure.ProcessGone(session.instance)));
  }

  /** {@code engine}: which can restore the image. */
  ImageMetadata metadata(ImageId id, String engine, Dumped dumped) {
    InstanceSpec spec = dumped.spec();
    DumpReport report = dumped.report();
    return new ImageMetadata(
        id,
        Optional.ofNullable(life.parent()),
        engine,
        spec.ownerUid(),
        spec.ownerGid(),
        SpecHash.of(spec),
        report.stoppedAt(),
        report.memoryBytes(),
        parts.settings().host(),
        report.holdsGpu());
  }
}
