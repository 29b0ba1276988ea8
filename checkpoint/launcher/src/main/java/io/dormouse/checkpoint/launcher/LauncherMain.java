package io.dormouse.checkpoint.launcher;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The launcher. {@code run} and {@code attach} live as long as an instance and exit as {@link
 * ExitCodes} says; SIGTERM and SIGINT end the instance. The others do one thing and exit.
 *
 * <p>Start it with {@code -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m}.
 */
public final class LauncherMain {
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long END_MILLIS = 10_000;
  private static final int ENDED_BY_SIGNAL = 143;

  private LauncherMain() {}

  /** See {@link CommandLine#USAGE}. */
  public static void main(String[] args) throws InterruptedException {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) throws InterruptedException {
    Command command;
    try {
      command = CommandLine.parse(args);
    } catch (UsageException e) {
      System.err.println("dormouse: " + e.getMessage());
      System.err.println("Usage:");
      System.err.print(CommandLine.USAGE);
      return ExitCodes.USAGE;
    }
    return command instanceof Command.Session session ? stay(session) : OneShot.run(command);
  }

  private static int stay(Command.Session command) throws InterruptedException {
    InstanceSession session = new InstanceSession(command, PATIENCE_MILLIS);
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(session, exitCode), "shutdown"));
    int code = session.run();
    exitCode.complete(code);
    return code;
  }

  /** Runs on any exit; only a signal finds the session still alive. */
  private static void shutDown(InstanceSession session, CompletableFuture<Integer> exitCode) {
    if (exitCode.isDone()) {
      return;
    }
    session.end();
    int code = ENDED_BY_SIGNAL;
    try {
      code = exitCode.get(END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("dormouse: the instance did not end in time.");
    }
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }
}
