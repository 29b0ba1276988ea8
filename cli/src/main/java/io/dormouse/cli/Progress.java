package io.dormouse.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows on stderr how far work is: in one line that redraws itself on a terminal, in a line now and
 * then elsewhere.
 */
public final class Progress implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final Console console;
  private final Look look;
  private final Supplier<String> line;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });
  private boolean drawn;

  /** Work that may take long. */
  public interface Work<T, E extends Exception> {
    T result() throws E;
  }

  /** Where and when a line is drawn. */
  record Look(boolean terminal, Duration first, Duration every) {
    static Look usual() {
      boolean terminal = Console.isTerminal();
      Duration every = terminal ? Duration.ofMillis(500) : Duration.ofSeconds(15);
      return new Look(terminal, every, every);
    }

    Look after(Duration patience) {
      return new Look(terminal, patience, every);
    }
  }

  private Progress(Console console, Look look, Supplier<String> line) {
    this.console = console;
    this.look = look;
    this.line = line;
  }

  /** For work that is worth watching from its begin on; to be started, and closed at its end. */
  public static Progress watch(Console console, Supplier<String> line) {
    return new Progress(console, Look.usual(), line);
  }

  /** Does work; what takes longer than usual is shown, unless the result is to be JSON. */
  public static <T, E extends Exception> T during(
      Console console, Supplier<String> line, Work<T, E> work) throws E {
    return during(console, Look.usual().after(PATIENCE), line, work);
  }

  static <T, E extends Exception> T during(
      Console console, Look look, Supplier<String> line, Work<T, E> work) throws E {
    try (Progress shown = new Progress(console, look, line)) {
      if (!console.isJson()) {
        shown.start();
      }
      return work.result();
    }
  }

  /** Begins to show it. */
  public void start() {
    var unused =
        timer.scheduleAtFixedRate(
            this::draw, look.first.toNanos(), look.every.toNanos(), TimeUnit.NANOSECONDS);
  }

  private synchronized void draw() {
    if (timer.isShutdown()) {
      return;
    }
    drawn = true;
    if (look.terminal) {
      console.raw(CLEAR_LINE + line.get());
    } else {
      console.note(line.get());
    }
  }

  /** Nothing is drawn afterwards. */
  @Override
  public synchronized void close() {
    timer.shutdownNow();
    if (drawn && look.terminal) {
      console.raw(CLEAR_LINE);
    }
  }
}
