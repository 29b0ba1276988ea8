package io.dormouse.controller;

import io.dormouse.controller.machine.ControllerCore;
import io.dormouse.controller.machine.Input;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs the state machine. Inputs wait in a bounded queue; who adds to a full
 * one waits, so that floods slow their sources down. A failure of the state machine is a bug: the
 * loop stops for good, which whoever supervises the process has to notice ({@link #live}).
 */
final class ControllerLoop implements Consumer<Input>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerLoop.class);
  private static final int WAITING_MAX = 65_536;
  private static final Duration TICK_MAX = Duration.ofMillis(100);
  private static final int TICKS_PER_BEAT = 5;

  private final InstantSource clock;
  private final long tickNanos;
  private final BlockingQueue<Input> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private final java.util.concurrent.CompletableFuture<Void> ended =
      new java.util.concurrent.CompletableFuture<>();
  private volatile boolean closed;
  private java.util.Optional<ControllerCore> core = java.util.Optional.empty();

  /**
   * Makes a loop that is not started.
   *
   * @param clock must never go back, nor jump: deadlines and leases are counted by it
   */
  ControllerLoop(InstantSource clock, Duration beat) {
    this.clock = clock;
    Duration tick = beat.dividedBy(TICKS_PER_BEAT);
    this.tickNanos = (tick.compareTo(TICK_MAX) > 0 ? TICK_MAX : tick).toNanos();
    this.thread = new Thread(this::run, "controller");
  }

  /** Begins to run a state machine. Called once. */
  void start(ControllerCore machine) {
    core = java.util.Optional.of(machine);
    thread.start();
  }

  /**
   * Adds an input; waits while there is no room. An input that the state machine's own thread adds
   * to a full queue is dropped and counted: requests are sent again if unanswered.
   */
  @Override
  public void accept(Input input) {
    if (closed) {
      return;
    }
    if (Thread.currentThread() == thread) {
      if (!waiting.offer(input)) {
        dropped.incrementAndGet();
      }
      return;
    }
    try {
      boolean added = false;
      while (!added && !closed) {
        added = waiting.offer(input, 100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it runs. */
  boolean live() {
    return thread.isAlive() && !closed;
  }

  int waiting() {
    return waiting.size();
  }

  long dropped() {
    return dropped.get();
  }

  /** Completes when the loop ends; exceptionally where a bug ended it. */
  java.util.concurrent.CompletableFuture<Void> ended() {
    return ended;
  }

  /** Stops after the input at hand; waits at most five seconds. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      ControllerCore machine = core.orElseThrow();
      long nextTick = System.nanoTime();
      while (!closed) {
        long left = nextTick - System.nanoTime();
        Input input = left > 0 ? waiting.poll(left, TimeUnit.NANOSECONDS) : null;
        if (input != null) {
          machine.accept(clock.instant(), input);
        } else if (System.nanoTime() >= nextTick) {
          machine.accept(clock.instant(), new Input.Tick());
          nextTick = System.nanoTime() + tickNanos;
        }
      }
      ended.complete(null);
    } catch (InterruptedException e) {
      ended.complete(null);
    } catch (Throwable bug) {
      // Also an Error: a process whose state machine is dead must not stay the leader.
      closed = true;
      ended.completeExceptionally(bug);
      LOG.error("state=\"the controller failed and stops\"", bug);
    }
  }
}
