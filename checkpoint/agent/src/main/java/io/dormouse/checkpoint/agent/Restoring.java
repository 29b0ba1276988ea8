package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agent.transfer.HandOver;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.RestoreRequest;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.VerifyResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One restore for a waiting launcher: verify, claim, restore frozen. For tasks of the session's
 * strand.
 */
final class Restoring {
  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);

  private final Session session;
  private final Parts parts;
  private final Order order;

  /** What was asked. {@code image}: its generation; {@code newGeneration}: the life that begins. */
  record Order(UUID image, UUID newGeneration, Duration lease) {}

  private Restoring(Session session, Order order) {
    this.session = session;
    this.parts = session.parts;
    this.order = order;
  }

  /** Restores; on any failure the launcher goes on waiting and the image is as it was. */
  static AgentResult restore(Session session, Order order) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (session.isForsaken()) {
      return Checks.unknown(session.instance);
    }
    if (record.state() != InstanceState.ATTACHED) {
      return Checks.wrongState(record, "ATTACHED");
    }
    Ending.giveImageBack(session);
    InstanceRecord ready = session.living();
    if (ready == null || ready.images().claimed() != null) {
      return Results.failed(
          FailureCode.INTERNAL,
          String.format(
              "What is left of an earlier restore of %s can't be removed yet.%n"
                  + "Maybe ask again, and see the agent's log.",
              session.instance));
    }
    return new Restoring(session, order).fetch(ready);
  }

  private AgentResult fetch(InstanceRecord record) {
    ImageId id = new ImageId(session.instance, order.image);
    if (parts.store().show(id) instanceof Image.Published image) {
      Optional<AgentResult> answer =
          refusal(record, image.manifest().metadata()).or(() -> fromCopy(record, id));
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    Fetched fetched = parts.store().fetch(id);
    if (!(fetched.result() instanceof VerifyResult.Verified verified)) {
      return Results.failed(fetched.result());
    }
    LOG.info(
        "instance={} image={}: {} bytes fetched in {} ms",
        session.instance,
        order.image,
        verified.manifest().contents().fileBytes(),
        verified.took().toMillis());
    try {
      // What could not be shown before may be anything.
      return refusal(record, verified.manifest().metadata())
          .orElseGet(() -> claim(record, id, request(record, fetched.copy().directory())));
    } finally {
      discard(fetched.copy());
    }
  }

  private Optional<AgentResult> fromCopy(InstanceRecord record, ImageId id) {
    Optional<FastImages> copies = parts.lazy();
    Optional<Path> copy = copies.flatMap(all -> all.find(id));
    if (copy.isEmpty()) {
      return Optional.empty();
    }
    AgentResult result;
    try {
      result = claim(record, id, request(record, copy.get()).lazily());
    } finally {
      copies.get().giveBack(id);
    }
    if (result.hasDone()) {
      session.pagesMayCome(true);
    } else if (result.getFailure().getCode() != FailureCode.IMAGE_CLAIMED) {
      // It is not tried again: the next time, the store's is.
      copies.get().drop(id);
    }
    return Optional.of(result);
  }

  private Optional<AgentResult> refusal(InstanceRecord record, ImageMetadata metadata) {
    if (metadata.ownerUid() != record.origin().ownerUid()) {
      return refused(
          FailureCode.PERMISSION_DENIED,
          String.format(
              "The owner (uid %d) of image %s must be the launcher's (uid %d).%n"
                  + "Maybe the launcher was started as another user.",
              metadata.ownerUid(), metadata.id(), record.origin().ownerUid()));
    }
    if (!metadata.holdsProcess()) {
      return refused(
          FailureCode.INVALID_REQUEST,
          String.format(
              "The image %s (%s) holds no process to restore.%n"
                  + "Maybe the generation of a dump was meant.",
              metadata.id(), metadata.engine()));
    }
    return RestoreRules.verdict(metadata.subject(), parts.restores())
            instanceof RestoreVerdict.No no
        ? refused(
            FailureCode.UNSUPPORTED,
            String.format(
                "The image %s can't be restored on the node %s: %s.%n"
                    + "Maybe wake it on a node like the one that dumped it.",
                metadata.id(), parts.settings().node(), no.text()))
        : Optional.empty();
  }

  private static Optional<AgentResult> refused(FailureCode code, String message) {
    return Optional.of(Results.failed(code, message));
  }

  /** What can't be removed now is swept when it is old. */
  private void discard(StagedImage copy) {
    if (parts.store().discard(copy) instanceof Stored.Failed<StagedImage> failed) {
      LOG.warn("instance={}: {}", session.instance, failed.failure().message());
    }
  }

  private RestoreRequest request(InstanceRecord record, Path files) {
    return new RestoreRequest(
        session.instance,
        order.newGeneration,
        record.origin().ownerUid(),
        limit(record),
        files,
        parts.settings().slow());
  }

  /** What was handed over is not here any more, as far as waking it goes: it is not lost. */
  private static AgentResult claimFailed(StoreFailure failure) {
    return failure instanceof StoreFailure.Claimed claimed && HandOver.isNode(claimed.claimant())
        ? Results.failed(
            FailureCode.IMAGE_MISSING,
            "The image %s was %s.%nMaybe it can be woken there."
                .formatted(claimed.id(), claimed.claimant()))
        : Results.failed(failure);
  }

  private AgentResult claim(InstanceRecord record, ImageId id, RestoreRequest request) {
    session.intend(record.with(record.images().claimed(order.image, order.newGeneration)));
    Stored<Claim> claim = parts.store().claim(id, Ending.claimant(session, order.newGeneration));
    if (claim instanceof Stored.Failed<Claim> failed) {
      // It may be there all the same, as where only its answer was lost.
      Ending.giveImageBack(session);
      return claimFailed(failed.failure());
    }
    long start = System.nanoTime();
    Outcome<io.dormouse.checkpoint.engines.InstanceState> restored =
        parts.engine().restoreFrozen(request);
    if (restored instanceof Outcome.Failed<io.dormouse.checkpoint.engines.InstanceState> failed) {
      Ending.giveImageBack(session);
      return Results.failed(FailureCode.RESTORE_FAILED, failed.failure());
    }
    LOG.info(
        "instance={} generation={} lazy={}: restored in {} ms",
        session.instance,
        order.newGeneration,
        request.lazy(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return settle(((Outcome.Ok<io.dormouse.checkpoint.engines.InstanceState>) restored).value());
  }

  private AgentResult settle(io.dormouse.checkpoint.engines.InstanceState capsule) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    Images images = record.images();
    Life life =
        new Life(order.newGeneration, capsule.id(), order.image, SpecHash.kind(capsule.spec()));
    session.become(
        record
            .with(images)
            .with(life)
            .with(InstanceState.RESTORED_FROZEN, session.newLease(order.lease)));
    Freezing.watchLease(session);
    session.tell(Replies.started(capsule));
    Tracking.begin(parts, capsule.id(), new ImageId(session.instance, order.image));
    return Results.done(Done.newBuilder().setStatus(session.refresh()));
  }

  private static OptionalLong limit(InstanceRecord record) {
    long bytes = record.origin().memoryLimitBytes();
    return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
  }
}
