package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.Ended;
import io.dormouse.checkpoint.agentapi.proto.Started;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stays with one life of an instance until it ends, hibernates, or is lost. */
final class InstanceSession {
  private final Command.Session command;
  private final long patienceMillis;
  private @Nullable Relay relay;
  private String generation = "";

  InstanceSession(Command.Session command, long patienceMillis) {
    this.command = command;
    this.patienceMillis = patienceMillis;
  }

  /** Runs to the end and gives the exit code. */
  int run() throws InterruptedException {
    try (AgentLink link = AgentLink.open(command, patienceMillis)) {
      while (true) {
        Optional<ThinReply> reply = link.next();
        if (reply.isEmpty()) {
          return unreachable("it went away and did not come back");
        }
        Optional<Integer> exitCode = handle(reply.get());
        if (exitCode.isPresent()) {
          return exitCode.get();
        }
      }
    } catch (IOException e) {
      return unreachable(String.valueOf(e.getMessage()));
    }
  }

  /** Asks the agent to end the instance; its end then arrives at {@link #run}. */
  void end() {
    try (ThinConnection connection = ThinConnection.connect(command.agent())) {
      connection.send(Requests.end(command));
      var unused = connection.receiveReply();
    } catch (IOException e) {
      say("could not ask the agent to end " + command.instance() + ": " + e.getMessage());
    }
  }

  private Optional<Integer> handle(ThinReply reply) throws InterruptedException {
    switch (reply.getReplyCase()) {
      case STARTED -> {
        return started(reply.getStarted());
      }
      case ENDED -> {
        finishRelay();
        return Optional.of(exitCode(reply.getEnded()));
      }
      case REFUSED -> {
        say("the agent refused: " + reply.getRefused().getMessage());
        return Optional.of(ExitCodes.REFUSED);
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private Optional<Integer> started(Started started) {
    if (relay != null) {
      return Optional.empty();
    }
    generation = started.getGeneration();
    try {
      Endpoint endpoint = Endpoint.open(command.stdio(), command.instance(), generation);
      boolean woken = command instanceof Command.Attach;
      relay = Relay.start(started, endpoint, woken, this::end);
      return Optional.empty();
    } catch (IOException e) {
      say("the standard streams of " + command.instance() + " can't be relayed: " + e.getMessage());
      return Optional.of(ExitCodes.FAILED);
    }
  }

  private void finishRelay() throws InterruptedException {
    if (relay == null) {
      return;
    }
    try {
      relay.finish();
    } catch (IOException e) {
      say("the last output may be incomplete: " + e.getMessage());
    }
  }

  private int exitCode(Ended ended) {
    return switch (ended.getReason()) {
      case EXITED -> ofInstance(ended.getExitCode());
      case HIBERNATED -> {
        say("hibernated " + command.instance() + " " + generation);
        yield ExitCodes.HIBERNATED;
      }
      case LOST -> {
        say("lost " + command.instance() + ": " + ended.getDetail());
        yield ExitCodes.LOST;
      }
      default -> {
        say("ended " + command.instance() + ": " + ended.getDetail());
        yield ended.getExitCode() == 0 ? ExitCodes.FAILED : ofInstance(ended.getExitCode());
      }
    };
  }

  private int ofInstance(int exitCode) {
    int told = ExitCodes.ofInstance(exitCode);
    if (told != exitCode) {
      say(
          command.instance()
              + " exited with "
              + exitCode
              + ", which the launcher keeps for itself");
    }
    return told;
  }

  private int unreachable(String why) {
    say("no agent at " + command.agent() + ": " + why + ".");
    say("Maybe start it: dormouse agent --config FILE");
    return ExitCodes.UNREACHABLE;
  }

  private static void say(String line) {
    System.err.println("dormouse: " + line);
  }
}
