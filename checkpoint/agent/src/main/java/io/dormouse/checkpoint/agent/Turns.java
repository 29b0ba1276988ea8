package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a command of the newest leader act when its turn on an instance comes, and times it. */
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final EpochGate gate;
  private final AgentClock clock;

  Turns(EpochGate gate, AgentClock clock) {
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Looks again when the command's turn comes: a newer leader may be in, or its time may be over.
   */
  Function<Function<Session, AgentResult>, Function<Session, AgentResult>> of(
      AgentCommand command) {
    long arrival = now();
    return work ->
        session -> {
          Optional<AgentResult> outdated = outdated(command);
          if (outdated.isPresent()) {
            return outdated.get();
          }
          long waitedMillis = TimeUnit.NANOSECONDS.toMillis(now() - arrival);
          if (command.getTimeoutMillis() > 0 && waitedMillis > command.getTimeoutMillis()) {
            return Results.failed(
                FailureCode.TIMED_OUT,
                String.format(
                    "The command waited %d ms, allowed were %d ms; it was not begun.%n"
                        + "Maybe an earlier command for %s is slow.",
                    waitedMillis, command.getTimeoutMillis(), session.instance));
          }
          return timed(command, work, session);
        };
  }

  /** Why it is too late for it, if a newer leader is in. */
  Optional<AgentResult> outdated(AgentCommand command) {
    return gate.isCurrent(command.getCell(), command.getEpoch())
        ? Optional.empty()
        : Optional.of(stale(command));
  }

  private AgentResult timed(
      AgentCommand command, Function<Session, AgentResult> work, Session session) {
    long start = now();
    AgentResult result = work.apply(session);
    long micros = TimeUnit.NANOSECONDS.toMicros(now() - start);
    LOG.info(
        "instance={} request={} command={} result={} micros={}",
        session.instance,
        command.getRequestId(),
        command.getCommandCase(),
        result.hasDone() ? "DONE" : result.getFailure().getCode(),
        micros);
    return result.hasDone()
        ? result.toBuilder().setDone(result.getDone().toBuilder().setDurationMicros(micros)).build()
        : result;
  }

  private long now() {
    return clock.nanos().getAsLong();
  }

  /** The refusal of a leader that is not the newest. */
  AgentResult stale(AgentCommand command) {
    return Results.failed(
        FailureCode.STALE_EPOCH,
        String.format(
            "The epoch (%s) of cell %s must be at least %s.%n"
                + "Maybe another controller leads now.",
            show(command.getEpoch()), command.getCell(), show(gate.highest(command.getCell()))));
  }

  private static String show(io.dormouse.checkpoint.agentapi.proto.Epoch epoch) {
    return epoch.getIncarnation() + "." + epoch.getCzxid();
  }
}
