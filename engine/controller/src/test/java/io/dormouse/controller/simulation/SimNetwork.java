package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.controller.machine.Agents;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.Scheduler;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a controller sends to agents and to the scheduler, and what comes back. */
final class SimNetwork implements Agents, Scheduler {
  private final SimController controller;
  private final World world;
  private final Map<String, SimAgent> agents;
  private final SimScheduler scheduler;
  private final Faults faults;

  SimNetwork(
      SimController controller,
      World world,
      Map<String, SimAgent> agents,
      SimScheduler scheduler,
      Faults faults) {
    this.controller = controller;
    this.world = world;
    this.agents = agents;
    this.scheduler = scheduler;
    this.faults = faults;
  }

  @Override
  public Address address(NodeId node) {
    return new Address(agent(node).node, 1);
  }

  @Override
  public void announce(NodeId node, Epoch as) {
    SimAgent agent = agent(node);
    int now = controller.incarnation();
    if (!faults.acknowledgementsAwaited()) {
      AnnounceReply early = AnnounceReply.newBuilder().setAccepted(true).build();
      world.after(
          0, () -> controller.reply(now, new Input.Announced(node, as, Optional.of(early))));
      return;
    }
    int agentIn = agent.incarnation();
    world.send(
        () -> {
          if (agent.incarnation() == agentIn) {
            agent
                .announce(as)
                .ifPresent(
                    answer ->
                        world.send(
                            () ->
                                controller.reply(
                                    now, new Input.Announced(node, as, Optional.of(answer)))));
          }
        });
  }

  @Override
  public void execute(NodeId node, AgentCommand command) {
    SimAgent agent = agent(node);
    int now = controller.incarnation();
    int agentIn = agent.incarnation();
    world.send(
        () -> {
          if (agent.incarnation() == agentIn) {
            agent.execute(command, result -> answer(node, command, result, now));
          }
        });
    world.after(command.getTimeoutMillis() + 2_000, () -> answerTimedOut(node, command, now));
  }

  private void answer(NodeId node, AgentCommand command, AgentResult result, int in) {
    Input input = new Input.Answered(node, command.getRequestId(), Optional.of(result));
    world.send(() -> controller.reply(in, input));
  }

  private void answerTimedOut(NodeId node, AgentCommand command, int in) {
    controller.reply(in, new Input.Answered(node, command.getRequestId(), Optional.empty()));
  }

  @Override
  public Optional<String> onePlaceOnly() {
    return Optional.empty();
  }

  @Override
  public void charge(Epoch as, Duration lease) {
    world.send(() -> scheduler.charge(as, lease));
  }

  @Override
  public void execute(Epoch as, SchedulerCommand command) {
    int now = controller.incarnation();
    world.send(
        () ->
            scheduler.execute(
                as,
                command,
                (id, event) ->
                    world.send(() -> controller.reply(now, new Input.Scheduler(event)))));
  }

  private SimAgent agent(NodeId node) {
    return Optional.ofNullable(agents.get(node.value())).orElseThrow();
  }
}
