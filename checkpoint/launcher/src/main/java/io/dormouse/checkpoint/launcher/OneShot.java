package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.ThinInstance;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import java.io.IOException;

/** Commands with one request and one reply. */
final class OneShot {
  private OneShot() {}

  /** Carries a command out and gives the exit code. */
  static int run(Command command) {
    try (ThinConnection connection = ThinConnection.connect(command.agent())) {
      connection.send(Requests.of(command));
      Received<ThinReply> reply = connection.receiveReply();
      if (reply instanceof Received.Message<ThinReply> message) {
        return print(message.value());
      }
      System.err.println("dormouse: the agent closed without an answer.");
      return ExitCodes.UNREACHABLE;
    } catch (IOException e) {
      System.err.println("dormouse: no agent at " + command.agent() + ": " + e.getMessage());
      return ExitCodes.UNREACHABLE;
    }
  }

  private static int print(ThinReply reply) {
    if (reply.hasRefused()) {
      System.err.println("dormouse: the agent refused: " + reply.getRefused().getMessage());
      return ExitCodes.REFUSED;
    }
    for (ThinInstance instance : reply.getList().getInstancesList()) {
      System.out.println(
          instance.getInstance() + "\t" + instance.getGeneration() + "\t" + instance.getState());
    }
    return ExitCodes.OK;
  }
}
