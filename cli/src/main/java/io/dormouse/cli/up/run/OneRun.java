package io.dormouse.cli.up.run;

import io.dormouse.cli.Console;
import io.dormouse.cli.Progress;
import io.dormouse.cli.up.arrivals.Schedule;
import io.dormouse.cli.up.ledger.RunLedger;
import io.dormouse.cli.up.ledger.RunReport;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.RunningWorkload;
import io.dormouse.engine.spi.WorkloadRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the workload: without the engine, or with it. */
final class OneRun {
  private static final Logger LOG = LoggerFactory.getLogger(OneRun.class);
  private static final Duration RUN_UP = Duration.ofSeconds(2);
  private static final Duration DRAIN = Duration.ofSeconds(90);
  private static final int PLAIN_END_SECONDS = 60;

  private final Console console;
  private final RunningSite site;
  private final Teardown teardown;
  private final PricedModel model;
  private final Dial dial;

  OneRun(Console console, RunningSite site, Teardown teardown, PricedModel model, Dial dial) {
    this.console = console;
    this.site = site;
    this.teardown = teardown;
    this.model = model;
    this.dial = dial;
  }

  /**
   * What a run came to.
   *
   * @param applicationId the scheduler's id of it
   * @param mismatches states that differed after a wake
   * @param plain what plain applications showed; empty where none were submitted
   * @param troubles what did not end well
   */
  record Result(
      String applicationId,
      RunReport report,
      List<String> mismatches,
      Optional<PlainProof.Result> plain,
      List<String> troubles) {
    Result {
      mismatches = List.copyOf(mismatches);
      troubles = List.copyOf(troubles);
    }
  }

  /**
   * Plays the schedule.
   *
   * @param name {@code baseline} or {@code engine}
   * @param plainApplications how many to submit while instances are in the store; 0 for none
   */
  Result play(
      String name,
      WorkloadRequest request,
      Schedule schedule,
      Duration window,
      int plainApplications)
      throws IOException, InterruptedException {
    RunningWorkload workload =
        teardown.add("the application of the run " + name, 30, site.deploy(request));
    Instant begin = InstantSource.system().instant().plus(RUN_UP);
    RunLedger ledger = new RunLedger(name, model, dial, begin, window);
    workload.subscribe(ledger::accept);
    Optional<FutureTask<PlainProof.Result>> plain =
        plainApplications == 0
            ? Optional.empty()
            : Optional.of(submitPlain(ledger, plainApplications, begin.plus(window)));
    LiveView view = new LiveView(name, ledger, begin, window);
    try (Progress shown =
        Progress.watch(console, () -> view.line(InstantSource.system().instant()))) {
      shown.start();
      RunDriver driver = new RunDriver(workload, ledger, InstantSource.system());
      driver.submit(schedule.arrivals(), begin);
      driver.drain(schedule.arrivals().size(), begin.plus(window), DRAIN);
    }
    RunReport report = ledger.report(InstantSource.system().instant());
    Optional<PlainProof.Result> shown = plain.map(OneRun::resultOf);
    List<String> troubles = teardown.closeNow(workload);
    return new Result(workload.applicationId(), report, ledger.mismatches(), shown, troubles);
  }

  private FutureTask<PlainProof.Result> submitPlain(
      RunLedger ledger, int applications, Instant end) {
    FutureTask<PlainProof.Result> task =
        new FutureTask<>(new PlainProof(site, ledger, applications, end));
    Thread thread = new Thread(task, "plain-applications");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static PlainProof.Result resultOf(FutureTask<PlainProof.Result> task) {
    try {
      return task.get(PLAIN_END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      LOG.warn("The plain applications were not to be had.", failed);
      return new PlainProof.Result(List.of(), 0, false);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return new PlainProof.Result(List.of(), 0, false);
    }
  }
}
