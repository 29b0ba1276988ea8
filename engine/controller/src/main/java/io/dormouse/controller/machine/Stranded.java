package io.dormouse.controller.machine;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Actions whose next step an agent has to take that is not heard. After a while their instances no
 * longer count as on their way. Where the scheduler has ended the instance as well, the agent is
 * waited for as long as it can still be busy with a command that it got before, and what that
 * command froze can stay frozen; then the action goes on without it. A move that is not committed
 * does not wait for the agent at its target.
 */
final class Stranded {
  private final MachineSettings settings;
  private final AgentRegistry agents;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Endings endings;
  private final Commands commands;

  Stranded(
      MachineSettings settings,
      AgentRegistry agents,
      Executor executor,
      ClusterOverlay cluster,
      Endings endings) {
    this.settings = settings;
    this.agents = agents;
    this.executor = executor;
    this.cluster = cluster;
    this.endings = endings;
    this.commands = new Commands(settings);
  }

  /**
   * Looks at all actions.
   *
   * @param leadingSince an agent may have been heard by another leader until then
   */
  void tick(Instant leadingSince, boolean schedulerKnown, Instant now) {
    for (Run run : List.copyOf(executor.runs())) {
      Duration silence = silence(run, leadingSince, now);
      if (run.stranded(silence.compareTo(settings.patience().announce()) > 0)) {
        run.intent().instance().ifPresent(cluster::touch);
      }
      Optional<Duration> patience =
          schedulerKnown && run.stranded() ? patience(run.intent()) : Optional.empty();
      if (patience.filter(most -> silence.compareTo(most) > 0).isPresent()) {
        String why = "its scheduler ended it, and its agent is not heard any more";
        executor.agentGone(run, why, now);
      } else if (run.stranded() && MoveProtocol.canDoWithout(run.intent())) {
        executor.agentGone(run, "the agent that it moves to is not heard any more", now);
      }
    }
  }

  private Duration silence(Run run, Instant leadingSince, Instant now) {
    boolean waits = run.durable() && run.finish().isEmpty();
    if (!waits || run.intent().step().target() != Step.Target.AGENT) {
      return Duration.ZERO;
    }
    NodeId node = run.intent().nodeOrFail();
    if (agents.isReady(node)) {
      return Duration.ZERO;
    }
    Instant heard = agents.lastSign(node).filter(leadingSince::isBefore).orElse(leadingSince);
    return Duration.between(heard, now);
  }

  /** How long its agent is waited for; empty where for ever, as the scheduler lists it. */
  private Optional<Duration> patience(Intent intent) {
    InstanceId id = intent.instanceOrFail();
    if (cluster.reported(id).isPresent()) {
      return Optional.empty();
    }
    Duration least =
        settings.lease().plus(commands.deadline(intent.step())).plus(Executor.ANSWER_MARGIN);
    boolean ended = endings.wasReported(id);
    return Optional.of(ended ? least : least.plus(settings.patience().missing()));
  }
}
