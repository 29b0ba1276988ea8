package io.dormouse.controller.agents;

import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.agentapi.AgentListener;
import io.dormouse.checkpoint.agentapi.AgentReply;
import io.dormouse.checkpoint.agentapi.Watch;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.controller.machine.Agents;
import io.dormouse.controller.machine.Input;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** The cell's agents over gRPC. Thread-safe; no call waits. */
public final class GrpcAgents implements Agents, AutoCloseable {
  /** Most calls to an agent that are not answered yet; further ones count as not answered. */
  private static final int CALLS_MAX = 1_000;

  private final String cell;
  private final Consumer<Input> inputs;
  private final Map<NodeId, Line> lines = new LinkedHashMap<>();
  private final List<Watch> watches = new ArrayList<>();

  private record Line(AgentClient client, Address address, Semaphore free) {}

  private GrpcAgents(String cell, Consumer<Input> inputs) {
    this.cell = cell;
    this.inputs = inputs;
  }

  /**
   * Makes a client per agent; each connects when first used.
   *
   * @param agents where they are
   * @param identity what is shown to them
   * @param inputs receives answers and events, from gRPC's threads
   * @throws IOException if TLS does not work in this process
   */
  public static GrpcAgents connect(
      String cell,
      Map<NodeId, AgentClientConfig> agents,
      TlsIdentity identity,
      Consumer<Input> inputs)
      throws IOException {
    GrpcAgents made = new GrpcAgents(cell, inputs);
    try {
      for (Map.Entry<NodeId, AgentClientConfig> agent : agents.entrySet()) {
        AgentClientConfig config = agent.getValue();
        AgentClient client = AgentClient.connect(config, identity);
        Address address = new Address(config.host(), config.port());
        made.lines.put(agent.getKey(), new Line(client, address, new Semaphore(CALLS_MAX)));
      }
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** Of a cell without agents. */
  public static GrpcAgents none(String cell, Consumer<Input> inputs) {
    return new GrpcAgents(cell, inputs);
  }

  /** Listens to all agents from now on. Called once. */
  public void watch() {
    lines.forEach((node, line) -> watches.add(line.client().watch(new Listener(node))));
  }

  @Override
  public Address address(NodeId node) {
    return line(node).address();
  }

  @Override
  public void announce(NodeId node, Epoch epoch) {
    AnnounceRequest request =
        AnnounceRequest.newBuilder()
            .setCell(cell)
            .setEpoch(
                io.dormouse.checkpoint.agentapi.proto.Epoch.newBuilder()
                    .setIncarnation(epoch.incarnation())
                    .setCzxid(epoch.czxid()))
            .build();
    var unused =
        line(node)
            .client()
            .announce(request)
            .thenAccept(reply -> inputs.accept(new Input.Announced(node, epoch, answer(reply))));
  }

  @Override
  public void execute(NodeId node, AgentCommand command) {
    Line line = line(node);
    String request = command.getRequestId();
    if (!line.free().tryAcquire()) {
      inputs.accept(new Input.Answered(node, request, Optional.empty()));
      return;
    }
    var unused =
        line.client()
            .execute(command)
            .thenAccept(
                reply -> {
                  line.free().release();
                  inputs.accept(new Input.Answered(node, request, answer(reply)));
                });
  }

  /** Ends all watches and connections; waits up to five seconds per agent. */
  @Override
  public void close() {
    watches.forEach(Watch::close);
    lines.values().forEach(line -> line.client().close());
  }

  private Line line(NodeId node) {
    Line line = lines.get(node);
    if (line == null) {
      throw new IllegalArgumentException("The agent (%s) is not configured.".formatted(node));
    }
    return line;
  }

  private static <T> Optional<T> answer(AgentReply<T> reply) {
    return reply instanceof AgentReply.Answered<T> answered
        ? Optional.of(answered.value())
        : Optional.empty();
  }

  private final class Listener implements AgentListener {
    private final NodeId node;

    Listener(NodeId node) {
      this.node = node;
    }

    @Override
    public void event(AgentEvent event) {
      inputs.accept(new Input.Reported(node, event));
    }

    @Override
    public void disconnected(String reason) {
      inputs.accept(new Input.Disconnected(node, reason));
    }
  }
}
