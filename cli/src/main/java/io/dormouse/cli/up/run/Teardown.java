package io.dormouse.cli.up.run;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is to be ended, last opened first; each step has a time limit, and none keeps the next from
 * its turn. An interrupt hurries nothing: who is told to end while he ends leaves nothing behind
 * all the same. Not thread-safe.
 */
public final class Teardown {
  private final Deque<Step> steps = new ArrayDeque<>();

  /** Adds something to be ended before all that was added earlier. */
  public <T extends AutoCloseable> T add(String name, int secondsMax, T resource) {
    steps.push(new Step(name, secondsMax, resource));
    return resource;
  }

  /** Ends one thing now rather than later. */
  public List<String> closeNow(AutoCloseable resource) {
    List<String> troubles = new ArrayList<>();
    steps.removeIf(
        step -> {
          if (step.resource() != resource) {
            return false;
          }
          close(step, troubles);
          return true;
        });
    return troubles;
  }

  /** Ends everything; what went wrong, for people. */
  public List<String> closeAll() {
    List<String> troubles = new ArrayList<>();
    while (!steps.isEmpty()) {
      close(steps.pop(), troubles);
    }
    return troubles;
  }

  private static void close(Step step, List<String> troubles) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread worker = new Thread(task, "close-" + step.name());
              worker.setDaemon(true);
              return worker;
            });
    Future<?> closing =
        thread.submit(
            () -> {
              step.resource().close();
              return null;
            });
    try {
      Uninterruptibles.getUninterruptibly(closing, step.secondsMax(), TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      troubles.add("%s did not end well: %s".formatted(step.name(), failed.getCause()));
    } catch (TimeoutException hangs) {
      troubles.add("%s did not end within %d s.".formatted(step.name(), step.secondsMax()));
    } finally {
      thread.shutdownNow();
    }
  }

  private record Step(String name, int secondsMax, AutoCloseable resource) {}
}
