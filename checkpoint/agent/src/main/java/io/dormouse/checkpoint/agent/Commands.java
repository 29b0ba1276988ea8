package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.DraftImage;
import io.dormouse.checkpoint.agentapi.proto.Dump;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.EvictData;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.RestoreFrozen;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What leaders may ask for: fenced by epoch, done once per request id, one after the other per
 * instance.
 */
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final int REQUEST_ID_MAX = 200;

  /** How long a new leader waits at most for what an older one began. */
  static final Duration SETTLE_MAX = Duration.ofMillis(250);

  private final Instances instances;
  private final EpochGate gate;
  private final RequestLog requests;
  private final NodeNames names;
  private final ImageCommands images;
  private final Turns turns;

  Commands(Instances instances, Pulls pulls, EpochGate gate, RequestLog requests, NodeNames names) {
    this.instances = instances;
    this.gate = gate;
    this.requests = requests;
    this.names = names;
    this.turns = new Turns(gate, instances.parts().clock());
    this.images = new ImageCommands(instances, pulls, turns::outdated);
  }

  /**
   * Lets a leader in. What an older one queued is not begun any more. What it began is waited for
   * only as long as a freeze takes: the end of a dump is told to watchers.
   */
  CompletableFuture<AnnounceReply> announce(AnnounceRequest request) {
    AnnounceReply.Builder reply =
        AnnounceReply.newBuilder()
            .setAbilities(instances.parts().abilities())
            .addAllSchedulerNodes(names.all());
    boolean accepted = false;
    try {
      accepted =
          EpochGate.isValidCell(request.getCell())
              && gate.admit(request.getCell(), request.getEpoch());
    } catch (IOException e) {
      LOG.error("cell={}: its epoch can't be written down and is refused.", request.getCell(), e);
    }
    reply.setAccepted(accepted);
    return accepted
        ? settledSoon().thenApply(all -> reply.addAllInstances(all).build())
        : CompletableFuture.completedFuture(reply.addAllInstances(instances.statuses()).build());
  }

  private CompletableFuture<List<InstanceStatus>> settledSoon() {
    CompletableFuture<List<InstanceStatus>> settled = instances.settled();
    instances
        .parts()
        .clock()
        .timers()
        .schedule(SETTLE_MAX, () -> settled.complete(instances.statuses()));
    return settled;
  }

  /** Carries a command out. Completes normally only. */
  CompletableFuture<AgentResult> execute(AgentCommand command) {
    Optional<AgentResult> refusal = refusal(command);
    return refusal.isPresent()
        ? CompletableFuture.completedFuture(refusal.get())
        : requests.once(command, () -> dispatch(command));
  }

  private Optional<AgentResult> refusal(AgentCommand command) {
    String id = command.getRequestId();
    if (!EpochGate.isValidCell(command.getCell()) || id.isEmpty() || id.length() > REQUEST_ID_MAX) {
      return Optional.of(
          invalid("The cell and a request_id of at most " + REQUEST_ID_MAX + " are needed."));
    }
    try {
      return gate.admit(command.getCell(), command.getEpoch())
          ? Optional.empty()
          : Optional.of(turns.stale(command));
    } catch (IOException e) {
      return Optional.of(Results.failed(FailureCode.INTERNAL, String.valueOf(e.getMessage())));
    }
  }

  private CompletableFuture<AgentResult> dispatch(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case FREEZE ->
          leased(
              command,
              command.getFreeze().getInstance(),
              command.getFreeze().getLeaseMillis(),
              (session, lease) -> Freezing.freeze(session, lease));
      case THAW -> on(command, command.getThaw().getInstance(), Freezing::thaw);
      case DUMP -> dump(command, command.getDump());
      case EVICT_DATA -> evict(command, command.getEvictData());
      case DRAFT_IMAGE -> draft(command, command.getDraftImage());
      case RESTORE_FROZEN -> restore(command, command.getRestoreFrozen());
      case RELEASE ->
          withGeneration(
              command.getRelease().getGeneration(),
              generation ->
                  on(
                      command,
                      command.getRelease().getInstance(),
                      session -> Dumping.release(session, generation)));
      case RENEW_LEASES -> Renewal.of(instances, command.getRenewLeases(), turns.of(command));
      case DISCARD_IMAGE,
          HAND_OVER_IMAGE,
          PULL_IMAGE,
          TAKE_BACK_IMAGE,
          CACHE_IMAGE,
          UNCACHE_IMAGE ->
          images.execute(command);
      case TERMINATE ->
          on(
              command,
              command.getTerminate().getInstance(),
              session -> {
                String reason = command.getTerminate().getReason();
                Ending.terminate(session, EndReason.TERMINATED, reason);
                return Results.done(
                    io.dormouse.checkpoint.agentapi.proto.Done.newBuilder()
                        .setStatus(session.refresh()));
              });
      case COMMAND_NOT_SET ->
          CompletableFuture.completedFuture(invalid("The command is missing or unknown here."));
    };
  }

  private CompletableFuture<AgentResult> dump(AgentCommand command, Dump dump) {
    return withGeneration(
        dump.getGeneration(),
        generation ->
            leased(
                command,
                dump.getInstance(),
                dump.getLeaseMillis(),
                (session, lease) ->
                    Dumping.dump(
                        session,
                        new Dumping.Order(generation, lease, () -> turns.outdated(command)),
                        dump.getCloseConnections() ? Connections.CLOSE : Connections.KEEP)));
  }

  private CompletableFuture<AgentResult> evict(AgentCommand command, EvictData evict) {
    return withGeneration(
        evict.getGeneration(),
        image ->
            leased(
                command,
                evict.getInstance(),
                evict.getLeaseMillis(),
                (session, lease) ->
                    Evicting.evict(
                        session, new Dumping.Order(image, lease, () -> turns.outdated(command)))));
  }

  private CompletableFuture<AgentResult> draft(AgentCommand command, DraftImage draft) {
    Drafting drafting = new Drafting(instances.parts());
    return withGeneration(
            draft.getGeneration(),
            image ->
                leased(
                    command,
                    draft.getInstance(),
                    draft.getLeaseMillis(),
                    (session, lease) ->
                        drafting.stop(
                            session,
                            new Dumping.Order(image, lease, () -> turns.outdated(command)))))
        .thenApplyAsync(
            stopped -> stopped.hasDone() ? drafting.publish() : stopped, instances.executor());
  }

  private CompletableFuture<AgentResult> restore(AgentCommand command, RestoreFrozen restore) {
    return withGeneration(
        restore.getGeneration(),
        image ->
            withGeneration(
                restore.getNewGeneration(),
                next ->
                    leased(
                        command,
                        restore.getInstance(),
                        restore.getLeaseMillis(),
                        (session, lease) ->
                            Restoring.restore(session, new Restoring.Order(image, next, lease)))));
  }

  private CompletableFuture<AgentResult> leased(
      AgentCommand command, String instance, long leaseMillis, Leased work) {
    Duration lease = Duration.ofMillis(leaseMillis);
    LeaseLimits limits = instances.parts().settings().leases();
    return limits.allow(lease)
        ? on(command, instance, session -> work.apply(session, lease))
        : CompletableFuture.completedFuture(Renewal.refusedLease(leaseMillis, limits));
  }

  /** Something that needs a lease. */
  private interface Leased {
    AgentResult apply(Session session, Duration lease);
  }

  private CompletableFuture<AgentResult> on(
      AgentCommand command, String instance, Function<Session, AgentResult> work) {
    Optional<Session> session = instances.find(instance);
    if (session.isEmpty()) {
      return CompletableFuture.completedFuture(Checks.unknown(instance));
    }
    Function<Function<Session, AgentResult>, Function<Session, AgentResult>> turn =
        turns.of(command);
    return instances.on(session.get(), turn.apply(work));
  }

  static CompletableFuture<AgentResult> withGeneration(
      String text, Function<UUID, CompletableFuture<AgentResult>> work) {
    UUID generation;
    try {
      generation = UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(invalid("A generation must be a UUID: " + text));
    }
    return work.apply(generation);
  }

  static AgentResult invalid(String message) {
    return Results.failed(
        FailureCode.INVALID_REQUEST, message + "\nMaybe the controller is of another version.");
  }
}
