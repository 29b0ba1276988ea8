package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.HandOver;
import io.dormouse.checkpoint.agent.transfer.PeerAddress;
import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.HandOverImage;
import io.dormouse.checkpoint.agentapi.proto.PullImage;
import io.dormouse.checkpoint.agentapi.proto.TakeBackImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.pki.PeerName;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** What leaders may ask for of images, whose instances need not be on this node. */
final class ImageCommands {
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Duration DEADLINE_MAX = Duration.ofMinutes(55);

  private final Instances instances;
  private final Pulls pulls;
  private final Function<AgentCommand, Optional<AgentResult>> refusal;
  private final FastCommands near;

  /** {@code refusal} of a command whose turn comes only now. */
  ImageCommands(
      Instances instances, Pulls pulls, Function<AgentCommand, Optional<AgentResult>> refusal) {
    this.instances = instances;
    this.pulls = pulls;
    this.refusal = refusal;
    this.near = new FastCommands(instances, refusal);
  }

  CompletableFuture<AgentResult> execute(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case DISCARD_IMAGE ->
          Commands.withGeneration(
              command.getDiscardImage().getGeneration(),
              generation -> discard(command.getDiscardImage().getInstance(), generation));
      case HAND_OVER_IMAGE ->
          Commands.withGeneration(
              command.getHandOverImage().getGeneration(),
              generation -> handOver(command, command.getHandOverImage(), generation));
      case PULL_IMAGE ->
          Commands.withGeneration(
              command.getPullImage().getGeneration(),
              generation -> pull(command.getPullImage(), generation, command.getTimeoutMillis()));
      case TAKE_BACK_IMAGE ->
          Commands.withGeneration(
              command.getTakeBackImage().getGeneration(),
              generation -> takeBack(command, command.getTakeBackImage(), generation));
      case CACHE_IMAGE ->
          Commands.withGeneration(
              command.getCacheImage().getGeneration(),
              generation -> near.cache(command, generation));
      case UNCACHE_IMAGE ->
          Commands.withGeneration(
              command.getUncacheImage().getGeneration(),
              generation -> near.uncache(command, generation));
      default -> throw new IllegalArgumentException("No command for an image: " + command);
    };
  }

  /** Nobody may still be writing the image. */
  private CompletableFuture<AgentResult> discard(String instance, UUID generation) {
    CompletableFuture<?> ended =
        ImageId.isValidName(instance)
            ? pulls.cancel(new ImageId(instance, generation))
            : CompletableFuture.completedFuture(null);
    return ended.thenCompose(unused -> Discarding.discard(instances, instance, generation));
  }

  private CompletableFuture<AgentResult> handOver(
      AgentCommand command, HandOverImage order, UUID generation) {
    if (!isValid(order.getInstance(), order.getNode())) {
      return invalid();
    }
    ImageId id = new ImageId(order.getInstance(), generation);
    return inTurn(command, id.instance(), () -> handOver(id, order.getNode()));
  }

  /** On the strand of its instance: one that ran on since has voided the image before. */
  private AgentResult handOver(ImageId id, String node) {
    if (isVoid(id) || instances.parts().store().show(id) instanceof Image.Missing) {
      return Results.failed(new StoreFailure.Missing(id));
    }
    return result(HandOver.to(node, instances.parts().store(), id));
  }

  private boolean isVoid(ImageId id) {
    return instances
        .find(id.instance())
        .flatMap(session -> Optional.ofNullable(session.record()))
        .filter(record -> record.images().stale().contains(id.generation()))
        .isPresent();
  }

  private CompletableFuture<AgentResult> takeBack(
      AgentCommand command, TakeBackImage order, UUID generation) {
    if (!isValid(order.getInstance(), order.getNode())) {
      return invalid();
    }
    ImageId id = new ImageId(order.getInstance(), generation);
    return inTurn(
        command,
        id.instance(),
        () -> result(HandOver.undo(order.getNode(), instances.parts().store(), id)));
  }

  private static boolean isValid(String instance, String node) {
    return ImageId.isValidName(instance) && PeerName.isValid(node);
  }

  private static CompletableFuture<AgentResult> invalid() {
    return CompletableFuture.completedFuture(
        Commands.invalid("The names of an instance and a node are needed."));
  }

  private CompletableFuture<AgentResult> inTurn(
      AgentCommand command, String instance, Supplier<AgentResult> work) {
    Supplier<AgentResult> checked = () -> refusal.apply(command).orElseGet(work);
    return instances
        .find(instance)
        .map(session -> instances.on(session, s -> checked.get()))
        .orElseGet(() -> CompletableFuture.supplyAsync(checked, instances.executor()));
  }

  private static AgentResult result(Stored<?> stored) {
    return stored instanceof Stored.Failed<?> failed
        ? Results.failed(failed.failure())
        : Results.done(Done.newBuilder());
  }

  /** {@code timeoutMillis}: 0 = the usual. */
  private CompletableFuture<AgentResult> pull(
      PullImage order, UUID generation, long timeoutMillis) {
    Pulls.Wanted wanted;
    try {
      wanted =
          new Pulls.Wanted(
              new ImageId(order.getInstance(), generation),
              order.getOwnerUid(),
              new PeerAddress(order.getNode(), order.getHost(), order.getPort()),
              deadline(timeoutMillis));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Commands.invalid(String.valueOf(e.getMessage())));
    }
    CompletableFuture<Stored<Pulls.Pulled>> pulled = pulls.pull(wanted);
    return (order.getCache() ? pulled.thenApplyAsync(near::cached, instances.executor()) : pulled)
        .thenApply(ImageCommands::pulled);
  }

  private static Duration deadline(long timeoutMillis) {
    Duration asked = timeoutMillis > 0 ? Duration.ofMillis(timeoutMillis) : DEADLINE;
    return asked.compareTo(DEADLINE_MAX) < 0 ? asked : DEADLINE_MAX;
  }

  private static AgentResult pulled(Stored<Pulls.Pulled> pulled) {
    if (pulled instanceof Stored.Failed<Pulls.Pulled> failed) {
      return Results.failed(failed.failure());
    }
    Pulls.Pulled image = ((Stored.Ok<Pulls.Pulled>) pulled).value();
    return Results.done(
        Done.newBuilder()
            .setImageBytes(image.image().manifest().storedBytes())
            .setTransferredBytes(image.bytes()));
  }
}
