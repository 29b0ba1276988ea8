package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.Pages;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.Stored;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What leaders may ask for of copies on fast storage. To make one takes long and touches nothing of
 * the instance, so it does not hold up what else is asked of that.
 */
final class FastCommands {
  private static final Logger LOG = LoggerFactory.getLogger(FastCommands.class);

  private final Instances instances;
  private final Function<AgentCommand, Optional<AgentResult>> refusal;

  /** {@code refusal} of a command whose turn comes only now. */
  FastCommands(Instances instances, Function<AgentCommand, Optional<AgentResult>> refusal) {
    this.instances = instances;
    this.refusal = refusal;
  }

  CompletableFuture<AgentResult> cache(AgentCommand command, UUID generation) {
    Optional<FastImages> copies = instances.parts().lazy();
    if (copies.isEmpty()) {
      return CompletableFuture.completedFuture(
          Results.failed(
              FailureCode.UNSUPPORTED,
              String.format(
                  "The node %s can't let instances run before their pages are in.%n"
                      + "Maybe give its agent fast-storage, or run there: dormouse doctor",
                  instances.parts().settings().node())));
    }
    return later(
        command,
        command.getCacheImage().getInstance(),
        instance -> keep(copies.get(), new ImageId(instance, generation)));
  }

  /** Has a copy of an image that was just taken over, where that can be. */
  Stored<Pulls.Pulled> cached(Stored<Pulls.Pulled> pulled) {
    if (pulled instanceof Stored.Ok<Pulls.Pulled> ok) {
      instances.parts().lazy().ifPresent(copies -> keep(copies, ok.value().image().id()));
    }
    return pulled;
  }

  private AgentResult keep(FastImages copies, ImageId id) {
    AgentResult kept =
        copies.keep(instances.parts().store(), id, other -> isInUse(instances, other));
    if (kept.hasFailure()) {
      LOG.warn("image={}: no copy on fast storage: {}", id, kept.getFailure().getMessage());
    }
    return kept;
  }

  CompletableFuture<AgentResult> uncache(AgentCommand command, UUID generation) {
    return later(
        command,
        command.getUncacheImage().getInstance(),
        instance -> {
          drop(instances, new ImageId(instance, generation));
          return Results.done(Done.newBuilder());
        });
  }

  private CompletableFuture<AgentResult> later(
      AgentCommand command, String instance, Function<String, AgentResult> work) {
    if (!ImageId.isValidName(instance)) {
      return CompletableFuture.completedFuture(
          Commands.invalid("The instance can't have an image: " + instance));
    }
    Supplier<AgentResult> checked =
        () -> refusal.apply(command).orElseGet(() -> work.apply(instance));
    return CompletableFuture.supplyAsync(checked, instances.executor());
  }

  /** Drops a copy, unless an instance still takes pages from it: then a sweep does, later. */
  static void drop(Instances instances, ImageId id) {
    if (!isInUse(instances, id)) {
      instances.parts().fast().ifPresent(copies -> copies.drop(id));
    }
  }

  /** Whether an instance is being restored from it, or has not all of its pages; for any thread. */
  static boolean isInUse(Instances instances, ImageId id) {
    Optional<InstanceRecord> record =
        instances.find(id.instance()).flatMap(session -> Optional.ofNullable(session.record()));
    if (record.isEmpty() || record.get().isOver()) {
      return false;
    }
    InstanceRecord.Life life = record.get().life();
    if (life == null) {
      return id.generation().equals(record.get().images().claimed());
    }
    return id.generation().equals(life.parent())
        && !(instances.parts().engine().pages(life.capsule()) instanceof Outcome.Ok<Pages> told
            && told.value() == Pages.ALL_IN);
  }
}
