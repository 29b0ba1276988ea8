package io.dormouse.bench.rest;

import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Instances that sleep. Their launchers are connections of this process: to the agent they look as
 * any launcher does.
 */
final class ResidentInstances implements AutoCloseable {
  private static final int TOLD_EVERY = 50;

  private final List<ThinConnection> launchers = new ArrayList<>();

  /** Starts so many, one after the other. */
  void start(Path socket, int count, Consumer<String> progress) throws IOException {
    for (int i = 1; i <= count; i++) {
      launchers.add(started(socket, "resting-" + i));
      if (i % TOLD_EVERY == 0) {
        progress.accept("%d of %d instances run.".formatted(i, count));
      }
    }
  }

  private static ThinConnection started(Path socket, String instance) throws IOException {
    ThinConnection launcher = ThinConnection.connect(socket);
    try {
      launcher.send(
          ThinRequest.newBuilder()
              .setRun(
                  RunRequest.newBuilder()
                      .setInstance(instance)
                      .setContainer("bench")
                      .addAllArgv(List.of("/bin/sleep", "infinity")))
              .build());
      while (true) {
        Received<ThinReply> received = launcher.receiveReply();
        if (!(received instanceof Received.Message<ThinReply> message)) {
          throw new IOException("The agent ended the connection of " + instance);
        }
        switch (message.value().getReplyCase()) {
          case STARTED -> {
            return launcher;
          }
          case ACCEPTED -> {
            continue;
          }
          default -> throw new IOException("%s: %s".formatted(instance, message.value()));
        }
      }
    } catch (IOException | RuntimeException e) {
      launcher.close();
      throw e;
    }
  }

  /** Takes the launchers away: the agent ends the instances. */
  @Override
  public void close() throws IOException {
    for (ThinConnection launcher : launchers) {
      launcher.close();
    }
  }
}
