package io.dormouse.cli.up.run;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One {@code up} from its first process to its last. However it ends (well, by a failure, by Ctrl-C
 * or SIGTERM in any phase), all that it started is ended in order, and looked for.
 */
public final class UpSession {
  private static final int END_SECONDS_MAX = 240;

  private final UpRequest request;
  private final Console console;
  private final boolean keepLogs;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean signalled;

  /** Prepares one; starts nothing. */
  public UpSession(UpRequest request, Console console, boolean keepLogs) {
    this.request = request;
    this.console = console;
    this.keepLogs = keepLogs;
  }

  /** Runs it all and prints the report. */
  public ExitCode run() throws IOException {
    Thread hook = endOnSignal(Thread.currentThread());
    try {
      return play();
    } finally {
      ended.countDown();
      removeQuietly(hook);
    }
  }

  private ExitCode play() throws IOException {
    Leftovers leftovers = new Leftovers();
    List<String> cgroupsBefore = leftovers.cgroups();
    WorkDirectory work = WorkDirectory.create(Path.of("/var/tmp"));
    console.note("Working in " + work.root());
    Teardown teardown = new Teardown();
    Optional<UpResult> result = Optional.empty();
    List<String> troubles = new ArrayList<>();
    try {
      Provisioning provisioning =
          Provisioning.run(request.offline(), Cluster.isRoot(), console::note);
      provisioning.missing().forEach(console::note);
      result = Optional.of(new Cluster(request, console, work, teardown).play(provisioning));
      result.get().baseline().troubles().forEach(troubles::add);
      result.get().engine().troubles().forEach(troubles::add);
    } catch (InterruptedException signal) {
      signalled = true;
    } catch (IOException failure) {
      // libraries turn the interrupt into failures of their own
      if (!signalled) {
        throw new CommandFailure(ExitCode.FAILED, message(failure, work), failure);
      }
    } finally {
      boolean good = result.isPresent() && result.get().isSound();
      troubles.addAll(teardown.closeAll());
      if (Thread.interrupted()) {
        // An interrupt that came while all was ended would make what is left unreadable.
        signalled = true;
      }
      troubles.addAll(leftovers.of(work.root(), cgroupsBefore));
      cleanUp(work, (good || signalled) && troubles.isEmpty(), troubles);
    }
    if (result.isEmpty()) {
      console.note("Stopped by a signal.");
      return ExitCode.FAILED;
    }
    new UpReport(request, result.get()).print(console);
    return result.get().isSound() && troubles.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void cleanUp(WorkDirectory work, boolean good, List<String> troubles) throws IOException {
    troubles.forEach(trouble -> console.note("LEFT BEHIND or not ended well: " + trouble));
    boolean keep = keepLogs || !good;
    work.delete(keep);
    if (keep) {
      console.note("Logs are kept in " + work.root());
    }
  }

  private static String message(IOException failure, WorkDirectory work) {
    String cause = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return cause.contains("Maybe ")
        ? cause
        : "%s%nMaybe the daemons' logs say why: %s".formatted(cause, work.root());
  }

  /** A signal interrupts the session, and the JVM waits for its orderly end. */
  private Thread endOnSignal(Thread session) {
    Thread hook =
        new Thread(
            () -> {
              signalled = true;
              console.note("Stopping …");
              session.interrupt();
              try {
                if (!ended.await(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                  console.note("Not all could be ended in time.");
                }
              } catch (InterruptedException impossible) {
                Thread.currentThread().interrupt();
              }
            },
            "end-on-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  private static void removeQuietly(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // the hook runs: it is what got us here
      Thread.interrupted();
    }
  }
}
