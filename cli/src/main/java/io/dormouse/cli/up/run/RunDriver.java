package io.dormouse.cli.up.run;

import io.dormouse.cli.up.arrivals.Arrival;
import io.dormouse.cli.up.ledger.RunLedger;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.RunningWorkload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hands tasks over when they arrive, then waits for their ends. */
final class RunDriver {
  private static final int REFUSALS_MAX = 5;
  private static final long POLL_MILLIS = 50;

  private final RunningWorkload workload;
  private final RunLedger ledger;
  private final InstantSource clock;

  RunDriver(RunningWorkload workload, RunLedger ledger, InstantSource clock) {
    this.workload = workload;
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * Submits every task at its time.
   *
   * @param begin when the window begins
   * @throws IOException when the application refuses several tasks in a row: it is gone
   */
  void submit(List<Arrival> arrivals, Instant begin) throws IOException, InterruptedException {
    int refusals = 0;
    for (Arrival arrival : arrivals) {
      waitUntil(begin.plus(arrival.at()));
      TaskId task = new TaskId(arrival.task());
      ledger.submitted(task);
      try {
        workload.submit(task, new WorkloadClassId(arrival.function()), arrival.task());
        refusals = 0;
      } catch (IOException refused) {
        if (++refusals == REFUSALS_MAX) {
          throw refused;
        }
      }
    }
  }

  /** Waits for the end of the window, then until every task has ended or {@code drain} is over. */
  void drain(int tasks, Instant end, Duration drain) throws InterruptedException {
    waitUntil(end);
    Instant last = end.plus(drain);
    while (ledger.settledTasks() < tasks && clock.instant().isBefore(last)) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private void waitUntil(Instant at) throws InterruptedException {
    Duration left = Duration.between(clock.instant(), at);
    if (left.compareTo(Duration.ZERO) > 0) {
      TimeUnit.NANOSECONDS.sleep(left.toNanos());
    }
  }
}
