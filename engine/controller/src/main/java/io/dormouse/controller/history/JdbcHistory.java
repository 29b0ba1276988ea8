package io.dormouse.controller.history;

import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.controller.machine.History;
import io.dormouse.engine.explain.DecisionRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the history on a thread of its own, in batches. Never blocks its callers: entries beyond a
 * bounded queue, and those that the database refuses, are dropped and counted. Thread-safe.
 */
public final class JdbcHistory implements History, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcHistory.class);
  private static final int WAITING_MAX = 20_000;
  private static final int TOGETHER = 500;
  private static final int KEEP_EVERY = 1_000;

  private final HistoryDatabase database;
  private final long rowsMax;
  private final BlockingQueue<Record> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private int sinceKeep;

  /**
   * Begins to write.
   *
   * @param rowsMax most rows per table
   */
  public JdbcHistory(HistoryDatabase database, long rowsMax) {
    this.database = database;
    this.rowsMax = rowsMax;
    this.thread = new Thread(this::run, "history");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  @Override
  public void decided(DecisionRecord decision, Disposition disposition) {
    add(DecisionRow.of(decision, disposition));
  }

  @Override
  public void ended(ActionOutcome outcome) {
    add(OutcomeRow.of(outcome));
  }

  /** How many entries were dropped since the start. */
  public long dropped() {
    return dropped.get();
  }

  /** Writes what waits, and stops; waits at most five seconds. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(Record row) {
    if (closed || !waiting.offer(row)) {
      dropped.incrementAndGet();
    }
  }

  private void run() {
    List<Record> batch = new ArrayList<>();
    while (!closed || !waiting.isEmpty()) {
      try {
        Record first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, TOGETHER - 1);
          write(batch);
          batch.clear();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void write(List<Record> batch) {
    List<DecisionRow> decisions = new ArrayList<>();
    List<OutcomeRow> outcomes = new ArrayList<>();
    for (Record row : batch) {
      if (row instanceof DecisionRow decision) {
        decisions.add(decision);
      } else if (row instanceof OutcomeRow outcome) {
        outcomes.add(outcome);
      }
    }
    try {
      writeAll(decisions, outcomes);
      sinceKeep += batch.size();
      if (sinceKeep >= KEEP_EVERY) {
        sinceKeep = 0;
        database.keep(rowsMax);
      }
    } catch (JdbiException refused) {
      dropped.addAndGet(batch.size());
      LOG.error("history=refused rows={}", batch.size(), refused);
    }
  }

  /** Of rows that can't be written together, each that can be by itself is. */
  private void writeAll(List<DecisionRow> decisions, List<OutcomeRow> outcomes) {
    try {
      database.write(decisions, outcomes);
    } catch (JdbiException together) {
      if (!violatesConstraint(together)) {
        throw together;
      }
      decisions.forEach(row -> writeOne(row, List.of(row), List.of()));
      outcomes.forEach(row -> writeOne(row, List.of(), List.of(row)));
    }
  }

  private void writeOne(Record row, List<DecisionRow> decisions, List<OutcomeRow> outcomes) {
    try {
      database.write(decisions, outcomes);
    } catch (JdbiException refused) {
      dropped.incrementAndGet();
      LOG.error("history=refused row=\"{}\"", row, refused);
    }
  }

  private static boolean violatesConstraint(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && isConstraintState(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Whether an SQL state is of the standard's class of integrity constraint violations. */
  private static boolean isConstraintState(@Nullable String state) {
    return state != null && state.startsWith("23");
  }
}
