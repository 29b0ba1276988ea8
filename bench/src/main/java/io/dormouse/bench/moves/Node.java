package io.dormouse.bench.moves;

import io.dormouse.bench.agents.BenchCell;
import io.dormouse.bench.agents.InstalledAgent;
import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentReply;
import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import io.dormouse.checkpoint.pki.TlsIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** An agent, and who commands it. Launchers are connections of this process. Not thread-safe. */
final class Node implements AutoCloseable {
  private static final Epoch EPOCH = Epoch.newBuilder().setIncarnation(1).setCzxid(1).build();
  private static final int ANSWER_SECONDS_MAX = 300;

  final BenchCell.Plan plan;
  final InstalledAgent agent;
  private final AgentClient client;
  private final List<ThinConnection> launchers = new ArrayList<>();

  Node(BenchCell.Plan plan, InstalledAgent agent, TlsIdentity controller) throws IOException {
    this.plan = plan;
    this.agent = agent;
    this.client = agent.client(controller);
    answer(
        client.announce(
            AnnounceRequest.newBuilder().setCell(BenchCell.NAME).setEpoch(EPOCH).build()));
  }

  /** Has a command carried out, which must succeed. */
  Done execute(Consumer<AgentCommand.Builder> order) throws IOException {
    AgentCommand.Builder command =
        AgentCommand.newBuilder()
            .setCell(BenchCell.NAME)
            .setEpoch(EPOCH)
            .setRequestId(UUID.randomUUID().toString());
    order.accept(command);
    AgentResult result = answer(client.execute(command.build()));
    if (!result.hasDone()) {
      throw new IOException(
          "%s at %s failed: %s%n%s"
              .formatted(command.getCommandCase(), plan.node(), result.getFailure(), agent.said()));
    }
    return result.getDone();
  }

  private static <T> T answer(CompletionStage<AgentReply<T>> call) throws IOException {
    try {
      AgentReply<T> reply = call.toCompletableFuture().get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
      if (reply instanceof AgentReply.Answered<T> answered) {
        return answered.value();
      }
      throw new IOException("An agent does not answer: " + reply);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("An agent does not answer.", e);
    }
  }

  /** Connects as a launcher; the instance ends with the connection. */
  void launch(ThinRequest request, ThinReply.ReplyCase until) throws IOException {
    ThinConnection launcher = ThinConnection.connect(agent.socket());
    launchers.add(launcher);
    launcher.send(request);
    ThinReply.ReplyCase last = null;
    while (last != until) {
      if (!(launcher.receiveReply() instanceof Received.Message<ThinReply> message)) {
        throw new IOException("The agent of %s ended a connection.".formatted(plan.node()));
      }
      last = message.value().getReplyCase();
      if (last == ThinReply.ReplyCase.REFUSED || last == ThinReply.ReplyCase.ENDED) {
        throw new IOException("%s: %s".formatted(plan.node(), message.value()));
      }
    }
  }

  /** Ends the connections of launchers, and so what is left of their instances. */
  void hangUp() throws IOException {
    for (ThinConnection launcher : launchers) {
      launcher.close();
    }
    launchers.clear();
  }

  @Override
  public void close() throws IOException {
    hangUp();
    client.close();
    agent.close();
  }
}
