package io.dormouse.cli.up.ledger;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.MoneyRate;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadEvent.InstanceChanged;
import io.dormouse.engine.spi.WorkloadEvent.StateProved;
import io.dormouse.engine.spi.WorkloadEvent.TaskArrived;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskLost;
import io.dormouse.engine.spi.WorkloadEvent.TaskStarted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of one run; the same code for the run without the engine and the run with it.
 * Thread-safe.
 *
 * <p>With {@code v} trace seconds per wall second, over the arrival window:
 *
 * <pre>
 * memory      = v * sum of (RAM held by the scheduler for an instance) * dt * ram price,  while BUSY, IDLE, HIBERNATED
 * storage     = v * sum of (size of a hibernated instance in the store) * dt * object price
 * transitions =     sum of dt * (core price + RAM held * ram price),   while STARTING, HIBERNATING, WAKING
 *               in a place (what waits for one uses nothing)
 * waits       =     sum of charged waits * value of waiting
 * cost        = memory + storage + transitions + waits
 * </pre>
 *
 * Waits count also when they end after the window. The size of an instance is the most RAM that was
 * ever held for it.
 */
public final class RunLedger {
  private final String name;
  private final PricedModel model;
  private final MoneyRate valueOfWaiting;
  private final Instant begin;
  private final Instant end;
  private final TaskBook tasks = new TaskBook();
  private final Map<InstanceId, InstanceAccount> accounts = new LinkedHashMap<>();
  private final Map<InstanceId, InstanceChanged> changing = new LinkedHashMap<>();
  private final LevelCounts levels = new LevelCounts();
  private final Quantiles coldStarts = new Quantiles();
  private final List<String> mismatches = new ArrayList<>();
  private int proofs;

  /**
   * Opens the books.
   *
   * @param name {@code baseline} or {@code engine}
   * @param model what things cost, and how much quicker the trace is played than it happened
   * @param dial what it is worth that a task does not wait
   * @param begin when arrivals begin
   * @param window how long they come
   */
  public RunLedger(String name, PricedModel model, Dial dial, Instant begin, Duration window) {
    this.name = name;
    this.model = model;
    this.valueOfWaiting = model.dial(dial).valueOfWaiting();
    this.begin = begin;
    this.end = begin.plus(window);
  }

  /** Notes a task that is about to be handed over: if no event of it ever comes, it is lost. */
  public synchronized void submitted(TaskId task) {
    tasks.submitted(task);
  }

  /** Takes an event; each once, in order. */
  public synchronized void accept(WorkloadEvent event) {
    if (event instanceof InstanceChanged changed) {
      changed(changed);
    } else if (event instanceof TaskArrived arrived) {
      tasks.arrived(arrived);
    } else if (event instanceof TaskStarted started) {
      tasks.started(started);
    } else if (event instanceof TaskDone done) {
      tasks.done(done);
    } else if (event instanceof TaskLost lost) {
      tasks.lost(lost);
    } else if (event instanceof StateProved proved) {
      proofs++;
      proved.mismatch().ifPresent(what -> mismatches.add(proved.instance() + ": " + what));
    }
  }

  private void changed(InstanceChanged next) {
    InstanceAccount account = accounts.get(next.instance());
    boolean sunk = true;
    if (account == null) {
      accounts.put(next.instance(), new InstanceAccount(model, begin, end, next));
    } else {
      InstanceChanged last = account.last();
      sunk = last.phase() != InstancePhase.HIBERNATED || last.level() != next.level();
      account.change(next);
    }
    switch (next.phase()) {
      case STARTING, WAKING -> changing.putIfAbsent(next.instance(), next);
      case BUSY, IDLE -> awake(next);
      case HIBERNATED -> {
        changing.remove(next.instance());
        if (sunk) {
          levels.hibernated(next.level());
        }
      }
      case HIBERNATING, ENDED -> changing.remove(next.instance());
    }
  }

  private void awake(InstanceChanged next) {
    InstanceChanged since = changing.remove(next.instance());
    if (since == null) {
      return;
    }
    Duration took = Duration.between(since.at(), next.at());
    if (since.phase() == InstancePhase.STARTING) {
      coldStarts.add(took);
    } else {
      levels.woken(since.level(), took);
    }
  }

  /** How many tasks are done or given up. */
  public synchronized int settledTasks() {
    return tasks.settled();
  }

  /** How many tasks wait for an instance. */
  public synchronized int waitingTasks() {
    return tasks.waiting();
  }

  /** Instances by what they are doing now; hibernated ones by level. */
  public synchronized InstanceCensus census() {
    Map<InstancePhase, Integer> phases = new EnumMap<>(InstancePhase.class);
    Map<HibernationLevel, Integer> hibernated = new EnumMap<>(HibernationLevel.class);
    long heldBytes = 0;
    for (InstanceAccount account : accounts.values()) {
      InstanceChanged last = account.last();
      phases.merge(last.phase(), 1, Integer::sum);
      heldBytes += account.isGone() ? 0 : last.allocatedBytes();
      if (last.phase() == InstancePhase.HIBERNATED) {
        hibernated.merge(last.level(), 1, Integer::sum);
      }
    }
    return new InstanceCensus(phases, hibernated, heldBytes);
  }

  /** What state differed after a wake, for people. */
  public synchronized List<String> mismatches() {
    return List.copyOf(mismatches);
  }

  /** The books as of {@code now}; may be asked for at any time, and changes nothing. */
  public synchronized RunReport report(Instant now) {
    double memory = 0;
    double storage = 0;
    Costs costs = new Costs(0, 0, 0, 0);
    for (InstanceAccount account : accounts.values()) {
      InstanceAccount settled = account.settledCopy(now);
      memory += settled.memoryGibSeconds();
      storage += settled.storageGibSeconds();
      costs = costs.plus(settled.costs());
    }
    double waits = tasks.chargedWaitSeconds() / 3600 * valueOfWaiting.usdPerHour();
    costs = costs.plus(new Costs(0, 0, 0, waits));
    return new RunReport(name, metrics(memory, storage, costs), costs, proofs);
  }

  private Map<String, @Nullable Number> metrics(double memory, double storage, Costs costs) {
    Map<String, @Nullable Number> metrics = new LinkedHashMap<>();
    Quantiles waits = tasks.waits();
    metrics.put("tasks", tasks.count());
    metrics.put("tasks_lost", tasks.notDone());
    metrics.put("state_mismatches", proofs == 0 ? null : mismatches.size());
    metrics.put("double_runs", tasks.doubleRuns());
    metrics.put("cold_starts", coldStarts.count());
    metrics.put("cold_start_p50_seconds", coldStarts.seconds(0.5));
    levels.addTo(metrics);
    for (String notBuilt :
        List.of("checkpoints", "chains", "chain_downtime_p50_seconds", "swaps", "shapes")) {
      metrics.put(notBuilt, null);
    }
    metrics.put("lost_core_seconds", null);
    metrics.put("wait_p50_seconds", waits.seconds(0.5));
    metrics.put("wait_p95_seconds", waits.seconds(0.95));
    metrics.put("bounded_slowdown_mean", tasks.boundedSlowdownMean());
    metrics.put("memory_gib_seconds", memory);
    metrics.put("storage_gib_seconds", storage == 0 ? null : storage);
    metrics.put("cost", costs.total());
    return metrics;
  }
}
