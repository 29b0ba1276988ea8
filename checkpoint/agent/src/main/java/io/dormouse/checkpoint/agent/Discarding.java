package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Removes an image for a leader; the instance need not be on this node. */
final class Discarding {
  private Discarding() {}

  static CompletableFuture<AgentResult> discard(
      Instances instances, String instance, UUID generation) {
    if (!ImageId.isValidName(instance)) {
      return CompletableFuture.completedFuture(
          Commands.invalid("The instance can't have an image: " + instance));
    }
    ImageId id = new ImageId(instance, generation);
    Optional<Session> session = instances.find(instance);
    return session.isPresent()
        ? instances.on(session.get(), s -> onStrand(instances, s, id))
        : CompletableFuture.supplyAsync(() -> delete(instances, id), instances.executor());
  }

  /** An image that this life was restored from and not thawed yet is its way back: it stays. */
  private static AgentResult onStrand(Instances instances, Session session, ImageId id) {
    InstanceRecord record = session.living();
    if (record != null && id.generation().equals(record.images().claimed())) {
      return Checks.wrongState(record, "RUNNING before the image that it woke from is discarded");
    }
    if (record != null
        && record.images().evicted() != null
        && id.generation().equals(record.images().evicted().image())) {
      return Checks.wrongState(record, "RUNNING before the image that has its data is discarded");
    }
    return delete(instances, id);
  }

  private static AgentResult delete(Instances instances, ImageId id) {
    Stored<ImageId> deleted = instances.parts().store().delete(id);
    if (deleted instanceof Stored.Ok<ImageId>) {
      FastCommands.drop(instances, id);
    }
    return deleted instanceof Stored.Failed<ImageId> failed
            && !(failed.failure() instanceof StoreFailure.Missing)
        ? Results.failed(failed.failure())
        : Results.done(Done.newBuilder());
  }
}
