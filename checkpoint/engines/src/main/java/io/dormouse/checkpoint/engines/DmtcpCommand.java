package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DmtcpAnswers.Client;
import io.dormouse.checkpoint.engines.DmtcpAnswers.Status;
import io.dormouse.checkpoint.engines.ToolRunner.Call;
import io.dormouse.checkpoint.engines.ToolRunner.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Talks to one coordinator, with the rights of the instance's owner. Never by {@code --bcheckpoint}
 * or {@code --kcheckpoint}: these return at once, and say that all went well.
 */
final class DmtcpCommand {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final DmtcpTools tools;
  private final InstanceSpec owner;
  private final InstanceFiles files;

  DmtcpCommand(DmtcpTools tools, InstanceSpec owner, InstanceFiles files) {
    this.tools = tools;
    this.owner = owner;
    this.files = files;
  }

  Outcome<Status> status() {
    return ask(
        "--status",
        text ->
            DmtcpAnswers.status(text)
                .<Outcome<Status>>map(Outcome::ok)
                .orElseGet(
                    () -> Outcome.failed(new EngineFailure.ToolFailed("dmtcp_command", 0, text))));
  }

  Outcome<List<Client>> clients() {
    return ask(
        "--list",
        text ->
            text.contains("Client List:")
                ? Outcome.ok(DmtcpAnswers.clients(text))
                : Outcome.failed(
                    new EngineFailure.Unsupported(
                        "Handling so many processes under DMTCP",
                        "it has too many to be listed.")));
  }

  /** Begins a checkpoint; returns before it is done, or has failed. */
  Outcome<Done> checkpoint() {
    return ask("--checkpoint", text -> Outcome.ok(new Done(Duration.ZERO)));
  }

  /**
   * Waits until all processes run, also on a thread that is interrupted.
   *
   * @param alive what must not end meanwhile
   */
  Outcome<Done> awaitRunning(Duration timeout, BooleanSupplier alive) {
    long start = System.nanoTime();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        Outcome<Status> status = status();
        if (status instanceof Outcome.Ok<Status> ok && ok.value().running()) {
          return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
        }
        if (!alive.getAsBoolean()) {
          return Outcome.failed(new EngineFailure.ProcessGone(owner.id()));
        }
        if (System.nanoTime() - start > timeout.toNanos()) {
          return Outcome.failed(
              new EngineFailure.TimedOut("dmtcp", timeout, "it stands so: " + status));
        }
        Waiting.untilUninterrupted(() -> false, PAUSE);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> Outcome<T> ask(String what, Function<String, Outcome<T>> read) {
    return DmtcpProcesses.port(files)
        .then(
            port -> {
              List<String> argv =
                  OwnerRights.tool(
                      owner,
                      List.of(tools.command(), "--coord-port", Integer.toString(port), what));
              Call call = new Call("dmtcp_command", argv, Map.of(), Path.of("/"));
              return ToolRunner.run(call, ANSWER_MAX);
            })
        .then(result -> read(result, read));
  }

  private <T> Outcome<T> read(Result result, Function<String, Outcome<T>> read) {
    return result.exitStatus() == 0
        ? read.apply(result.output())
        : Outcome.failed(
            DmtcpAnswers.failure(
                "dmtcp_command", result.exitStatus(), result.output(), files.directory()));
  }
}
