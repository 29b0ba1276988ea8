package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.RenewLeases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Renews the leases of many instances at once. */
final class Renewal {
  private static final int INSTANCES_MAX = 10_000;

  private Renewal() {}

  /** Renews what is frozen; fails with the first that is not, after the others were renewed. */
  static CompletableFuture<AgentResult> of(
      Instances instances,
      RenewLeases request,
      Function<Function<Session, AgentResult>, Function<Session, AgentResult>> turn) {
    Duration lease = Duration.ofMillis(request.getLeaseMillis());
    LeaseLimits limits = instances.parts().settings().leases();
    if (!limits.allow(lease)) {
      return CompletableFuture.completedFuture(refusedLease(request.getLeaseMillis(), limits));
    }
    if (request.getInstancesCount() > INSTANCES_MAX) {
      return CompletableFuture.completedFuture(
          Commands.invalid("At most " + INSTANCES_MAX + " leases are renewed at once."));
    }
    List<CompletableFuture<AgentResult>> each = new ArrayList<>();
    for (String instance : request.getInstancesList()) {
      Optional<Session> session = instances.find(instance);
      each.add(
          session.isEmpty()
              ? CompletableFuture.completedFuture(Checks.unknown(instance))
              : instances.on(session.get(), turn.apply(s -> renew(s, lease))));
    }
    return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done ->
                each.stream()
                    .map(CompletableFuture::join)
                    .filter(AgentResult::hasFailure)
                    .findFirst()
                    .orElseGet(() -> Results.done(Done.newBuilder())));
  }

  private static AgentResult renew(Session session, Duration lease) {
    if (Freezing.renew(session, lease)) {
      return Results.done(Done.newBuilder());
    }
    InstanceRecord record = session.record();
    return record == null
        ? Checks.unknown(session.instance)
        : Checks.wrongState(record, "FROZEN or RESTORED_FROZEN");
  }

  static AgentResult refusedLease(long leaseMillis, LeaseLimits limits) {
    return Results.failed(
        FailureCode.INVALID_REQUEST,
        String.format(
            "The lease_millis (%d) must be from %d to %d.%nMaybe change the agent's lease limits.",
            leaseMillis, limits.shortest().toMillis(), limits.longest().toMillis()));
  }
}
