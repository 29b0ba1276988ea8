package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Failure;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries actions out, step by step: write the intent, wait until it is durable, send the step's
 * command, wait for its answer, write the next step. A command that got no answer is sent again
 * under the same request id, and no other command goes to the instance before it is answered; so
 * nothing can overtake, and a late delivery finds its work done. Only agents that have acknowledged
 * this leader's epoch are sent anything.
 */
final class Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
  static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

  private final MachineSettings settings;
  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Commands commands;
  private final Places places;
  private final Consumer<Ended> ended;
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<InstanceId, Run> byInstance = new HashMap<>();

  Executor(
      MachineSettings settings,
      Seams seams,
      AgentRegistry agents,
      Registry registry,
      Consumer<Ended> ended) {
    this.settings = settings;
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
    this.commands = new Commands(settings);
    this.places = new Places(agents, seams.generations());
    this.ended = ended;
  }

  /** An action that has ended, durably. */
  record Ended(Run run, Transition.Finish finish, Instant now) {}

  Collection<Run> runs() {
    return runs.values();
  }

  Optional<Run> of(InstanceId instance) {
    return Optional.ofNullable(byInstance.get(instance));
  }

  boolean hasRoom() {
    return runs.size() < settings.limits().actions();
  }

  /** Begins an action: its intent is written first. */
  void begin(Intent intent, Instant now) {
    Run run = register(intent, now);
    long ticket = registry.write(ImmutableList.of(new Change.PutIntent(intent)), Optional.empty());
    run.writing(intent, ticket, now, Duration.ZERO);
    log(run, "begun");
  }

  /**
   * Goes on with an action that an older leader began. A scheduler that was without a leader for a
   * while may have put a quiesced instance to work again: the protocol says what to do about it
   * before anything is done to the process.
   */
  void recover(Intent intent, Epoch epoch, Instant now) {
    Run run = register(intent, now);
    Protocols.takenOver(intent, record(intent, now), epoch)
        .ifPresent(next -> goOn(run, next, now, Duration.ZERO));
    log(run, "taken over");
  }

  /** Forgets everything: another leader goes on from what is durable. */
  void clear() {
    runs.clear();
    byInstance.clear();
  }

  void written(long ticket, Epoch epoch, Instant now) {
    for (Run run : runs.values()) {
      if (run.awaits(ticket)) {
        run.written(now);
        run.finish()
            .ifPresentOrElse(finish -> complete(run, finish, now), () -> drive(run, epoch, now));
        return;
      }
    }
  }

  /** Sends what is due, lets waits expire. */
  void tick(Epoch epoch, Instant now) {
    for (Run run : new ArrayList<>(runs.values())) {
      drive(run, epoch, now);
    }
  }

  void agentAnswered(String requestId, Optional<AgentResult> result, Instant now) {
    running(requestId)
        .ifPresent(
            run ->
                result.ifPresentOrElse(
                    answer -> advance(run, outcome(run, answer, now), now), run::noAnswer));
  }

  void schedulerDone(String requestId, Instant now) {
    running(requestId).ifPresent(run -> advance(run, new Outcome.Done(isLate(run, now)), now));
  }

  void schedulerRefused(String requestId, String reason, Instant now) {
    running(requestId)
        .ifPresent(
            run -> {
              advance(run, new Outcome.Refused(reason), now);
              run.refused();
            });
  }

  /** Commands to a node may have got lost. */
  void disconnected(NodeId node) {
    runs.values().stream()
        .filter(run -> run.intent().node().equals(Optional.of(node)))
        .forEach(Run::noAnswer);
  }

  /**
   * The agent that a step waits for counts as one that knows the instance no more, though nobody
   * knows whether that is so.
   */
  void agentGone(Run run, String why, Instant now) {
    InstanceState unheard = InstanceState.INSTANCE_STATE_UNSPECIFIED;
    advance(run, new Outcome.Failed(FailureCode.UNKNOWN_INSTANCE, why, unheard), now);
  }

  /** How many actions with an image have one of their places at an agent. */
  long imageMovesAt(NodeId agent) {
    return runs.values().stream()
        .map(Run::intent)
        .filter(intent -> !intent.image().isEmpty() && places.concerns(intent, agent))
        .count();
  }

  private Run register(Intent intent, Instant now) {
    Run run = new Run(intent, now);
    runs.put(intent.id(), run);
    intent.instance().ifPresent(instance -> byInstance.put(instance, run));
    return run;
  }

  private Optional<Run> running(String requestId) {
    return runs.values().stream()
        .filter(run -> run.durable() && run.finish().isEmpty())
        .filter(run -> run.intent().requestId().equals(requestId))
        .findFirst();
  }

  private void drive(Run run, Epoch epoch, Instant now) {
    if (!run.durable() || run.finish().isPresent()) {
      return;
    }
    switch (run.intent().step().target()) {
      case NOBODY -> await(run, now);
      case AGENT -> sendToAgent(run, epoch, now);
      case SCHEDULER -> sendToScheduler(run, epoch, now);
    }
  }

  private void await(Run run, Instant now) {
    Optional<Outcome> launcher = places.launcher(run.intent());
    if (launcher.isPresent()) {
      advance(run, launcher.get(), now);
    } else if (isLate(run, now) || run.takeLauncherGone()) {
      advance(run, new Outcome.Expired(), now);
    }
  }

  private void sendToAgent(Run run, Epoch epoch, Instant now) {
    NodeId node = run.intent().nodeOrFail();
    Duration within = commands.deadline(run.intent().step()).plus(ANSWER_MARGIN);
    if (MoveProtocol.canDoWithout(run.intent()) && run.late(now, within)) {
      advance(run, new Outcome.Expired(), now);
    } else if (agents.isReady(node) && run.due(now, settings.patience().resend(), within)) {
      run.sent(now);
      seams.agents().execute(node, command(run.intent(), epoch, now));
    }
  }

  private AgentCommand command(Intent intent, Epoch epoch, Instant now) {
    if (!intent.step().isPull()) {
      return commands.ofAgentStep(intent, epoch);
    }
    long owner = record(intent, now).map(InstanceRecord::owner).orElse(-1L);
    NodeId source = intent.elsewhereOrFail().node();
    return commands.pull(intent, epoch, seams.agents().address(source), owner);
  }

  private void sendToScheduler(Run run, Epoch epoch, Instant now) {
    Duration resend = settings.patience().resend();
    if (run.due(now, resend, resend.multipliedBy(3))) {
      run.sent(now);
      Optional<NodeId> near =
          record(run.intent(), now).flatMap(record -> agents.near(record, run.intent().node()));
      seams.scheduler().execute(epoch, commands.ofSchedulerStep(run.intent(), near));
    }
  }

  private Outcome outcome(Run run, AgentResult answer, Instant now) {
    Intent intent = run.intent();
    NodeId node = intent.nodeOrFail();
    if (answer.hasDone()) {
      Done done = answer.getDone();
      if (done.hasStatus()) {
        agents.seen(node, done.getStatus(), now);
      }
      if (intent.step().isMeasured()) {
        run.measured(Duration.ofNanos(done.getDurationMicros() * 1_000), done.getImageBytes());
      }
      return new Outcome.Done(isLate(run, now));
    }
    Failure failure = answer.getFailure();
    InstanceState seen = agents.stateOf(intent.instanceOrFail(), node, intent.life());
    return new Outcome.Failed(failure.getCode(), failure.getMessage(), seen);
  }

  private boolean isLate(Run run, Instant now) {
    return run.late(now, commands.deadline(run.intent().step()));
  }

  private void advance(Run run, Outcome outcome, Instant now) {
    Intent intent = run.intent();
    if (outcome instanceof Outcome.Failed || outcome instanceof Outcome.Refused) {
      LOG.warn("action={} step={} outcome=\"{}\"", intent.id(), intent.step(), outcome);
    }
    Transition to = Protocols.after(intent, record(intent, now), outcome, now, settings.limits());
    if (to instanceof Transition.Next next) {
      goOn(run, next, now, settings.patience().resend().dividedBy(4));
    } else if (to instanceof Transition.Finish finish) {
      Change change = new Change.RemoveIntent(intent.id());
      run.finishing(finish, registry.write(ImmutableList.of(change), finish.record()));
    }
  }

  /** {@code pause}: before a step that is asked for anew. */
  private void goOn(Run run, Transition.Next next, Instant now, Duration pause) {
    Change change = new Change.PutIntent(next.intent());
    long ticket = registry.write(ImmutableList.of(change), next.record());
    run.writing(next.intent(), ticket, now, pause);
  }

  private Optional<InstanceRecord> record(Intent intent, Instant now) {
    return intent.instance().map(id -> registry.findOrAwake(id, intent.workloadClass(), now));
  }

  private void complete(Run run, Transition.Finish finish, Instant now) {
    runs.remove(run.intent().id());
    run.intent().instance().ifPresent(byInstance::remove);
    log(run, finish.result() + (finish.reason().isEmpty() ? "" : ": " + finish.reason()));
    ended.accept(new Ended(run, finish, now));
  }

  private static void log(Run run, String what) {
    Intent intent = run.intent();
    LOG.info(
        "action={} kind={} decision={} instance={} from={} to={} step={} life={} image={} node={} state=\"{}\"",
        intent.id(),
        intent.kind(),
        intent.decision(),
        intent.instance().map(InstanceId::value).orElse("-"),
        intent.from(),
        intent.to(),
        intent.step(),
        intent.life(),
        intent.image(),
        intent.node().map(NodeId::value).orElse("-"),
        what);
  }
}
