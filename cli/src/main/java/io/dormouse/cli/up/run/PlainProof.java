package io.dormouse.cli.up.run;

import io.dormouse.cli.up.ledger.RunLedger;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.spi.RunningSite;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Shows that memory of hibernated instances is handed out: once some are in the store, submits
 * plain applications that could not all run if every class had its worker in memory.
 */
final class PlainProof implements Callable<PlainProof.Result> {
  private static final int HIBERNATED_MIN = 2;
  private static final long POLL_MILLIS = 200;
  private static final Duration RUNNING_MAX = Duration.ofSeconds(25);

  private final RunningSite site;
  private final RunLedger ledger;
  private final int applications;
  private final Instant end;

  PlainProof(RunningSite site, RunLedger ledger, int applications, Instant end) {
    this.site = site;
    this.ledger = ledger;
    this.applications = applications;
    this.end = end;
  }

  /**
   * What was seen.
   *
   * @param ids the scheduler's ids of the applications
   * @param hibernated instances in the store when they were submitted
   * @param ran whether all ran at the same time
   */
  record Result(List<String> ids, int hibernated, boolean ran) {
    Result {
      ids = List.copyOf(ids);
    }
  }

  @Override
  public Result call() throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    while (inStore() < HIBERNATED_MIN) {
      if (!clock.instant().isBefore(end)) {
        return new Result(List.of(), inStore(), false);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    int hibernated = inStore();
    List<String> ids = new ArrayList<>();
    try {
      for (int i = 0; i < applications; i++) {
        ids.add(site.submitPlain(WorkerProgram.MEMORY_BYTES));
      }
      return new Result(ids, hibernated, awaitRunning(ids, clock.instant().plus(RUNNING_MAX)));
    } finally {
      for (String id : ids) {
        site.kill(id);
      }
    }
  }

  private boolean awaitRunning(List<String> ids, Instant until)
      throws IOException, InterruptedException {
    while (InstantSource.system().instant().isBefore(until)) {
      if (allRun(ids)) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return false;
  }

  private boolean allRun(List<String> ids) throws IOException, InterruptedException {
    for (String id : ids) {
      if (!site.isRunning(id)) {
        return false;
      }
    }
    return true;
  }

  private int inStore() {
    return ledger.census().at(HibernationLevel.L3_FULL_SNAPSHOT);
  }
}
