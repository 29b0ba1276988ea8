package io.dormouse.cli.up.run;

import io.dormouse.cli.Console;
import io.dormouse.cli.up.ledger.InstanceCensus;
import io.dormouse.cli.up.ledger.RunLedger;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstancePhase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows a run while it runs: redrawn on a terminal, a line now and then elsewhere. */
final class LiveView implements AutoCloseable {
  private static final long TERMINAL_MILLIS = 500;
  private static final long LINES_MILLIS = 15_000;
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final Console console;
  private final String name;
  private final RunLedger ledger;
  private final Instant begin;
  private final Duration window;
  private final InstantSource clock;
  private final boolean terminal;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "live-view");
            thread.setDaemon(true);
            return thread;
          });

  LiveView(Console console, String name, RunLedger ledger, Instant begin, Duration window) {
    this.console = console;
    this.name = name;
    this.ledger = ledger;
    this.begin = begin;
    this.window = window;
    this.clock = InstantSource.system();
    this.terminal = Console.isTerminal();
  }

  /** Begins to show it. */
  void start() {
    long period = terminal ? TERMINAL_MILLIS : LINES_MILLIS;
    var unused = timer.scheduleAtFixedRate(this::draw, period, period, TimeUnit.MILLISECONDS);
  }

  private void draw() {
    String line = line(name, ledger, begin, window, clock.instant());
    if (terminal) {
      console.raw(CLEAR_LINE + line);
    } else {
      console.note(line);
    }
  }

  static String line(String name, RunLedger ledger, Instant begin, Duration window, Instant now) {
    Duration since = Duration.between(begin, now);
    InstanceCensus census = ledger.census();
    long seconds = Math.max(0, Math.min(since.toSeconds(), window.toSeconds()));
    return String.format(
        Locale.ROOT,
        "%-8s %3d/%d s  awake %d  L1 %d  L3 %d  starting %d  waking %d  queue %d  held %.1f GiB  cost %.5f USD",
        name,
        seconds,
        window.toSeconds(),
        census.in(InstancePhase.IDLE) + census.in(InstancePhase.BUSY),
        census.at(HibernationLevel.L1_RETAINED),
        census.at(HibernationLevel.L3_FULL_SNAPSHOT),
        census.in(InstancePhase.STARTING),
        census.in(InstancePhase.WAKING),
        ledger.waitingTasks(),
        census.heldBytes() / (double) (1L << 30),
        ledger.report(now).costs().total());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (terminal) {
      console.raw(CLEAR_LINE);
    }
  }
}
