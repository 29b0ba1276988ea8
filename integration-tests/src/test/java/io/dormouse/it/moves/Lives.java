package io.dormouse.it.moves;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Looks all the time which lives of an instance run, at all nodes. A look takes a while, so two
 * lives count as running at once only where the first one still runs after the second was seen to.
 */
final class Lives implements AutoCloseable {
  private static final List<Path> HIERARCHIES =
      Stream.of("freezer", "unified", ".").map(Path.of("/sys/fs/cgroup")::resolve).toList();

  /** A process's flag, as in the kernel's sched.h. */
  private static final long EXITING = 0x4;

  private static final long KILL = 1L << 8;

  private final String prefix;
  private final List<Path> capsules;
  private final Thread thread = new Thread(this::watch, "lives");
  private volatile Optional<String> two = Optional.empty();
  private volatile boolean closed;

  /**
   * @param capsules where the agents keep them
   */
  Lives(String instance, List<Path> capsules) {
    this.prefix = instance + "-";
    this.capsules = List.copyOf(capsules);
    thread.setDaemon(true);
    thread.start();
  }

  /** When two ran at once: which. */
  Optional<String> two() {
    return two;
  }

  /**
   * Those that run now. A capsule has a group in several hierarchies; one of them can freeze it.
   */
  Set<String> running() {
    Set<String> running = new TreeSet<>();
    Set<String> frozen = new TreeSet<>();
    for (Path hierarchy : HIERARCHIES) {
      for (Path group : entries(hierarchy.resolve("dormouse"))) {
        String name = group.getFileName().toString();
        if (name.startsWith(prefix) && !isBeingRestored(name)) {
          if (isFrozen(group)) {
            frozen.add(name);
          } else if (hasProcesses(group)) {
            running.add(name);
          }
        }
      }
    }
    running.removeAll(frozen);
    running.removeIf(this::isBeingRestored);
    return running;
  }

  private void watch() {
    while (!closed) {
      Set<String> first = running();
      if (first.size() > 1) {
        Set<String> still = running();
        still.retainAll(first);
        if (still.size() > 1) {
          two = Optional.of(String.join(" and ", still));
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
    }
  }

  private static boolean hasProcesses(Path group) {
    return read(group.resolve("cgroup.procs")).lines().anyMatch(Lives::canRun);
  }

  /** Not where it is on its way out: what is thawed to be killed has its end before it already. */
  private static boolean canRun(String pid) {
    String stat = read(Path.of("/proc", pid, "stat"));
    if (stat.isEmpty()) {
      return false;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    boolean ended = "ZX".contains(fields[0]) || (Long.parseLong(fields[6]) & EXITING) != 0;
    return !ended
        && read(Path.of("/proc", pid, "status"))
            .lines()
            .filter(line -> line.startsWith("SigPnd:") || line.startsWith("ShdPnd:"))
            .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .noneMatch(pending -> (pending & KILL) != 0);
  }

  private static boolean isFrozen(Path group) {
    String state = read(group.resolve("freezer.state"));
    return state.startsWith("FROZEN")
        || state.startsWith("FREEZING")
        || read(group.resolve("cgroup.events")).lines().anyMatch("frozen 1"::equals);
  }

  /** Then what runs in it is not the instance yet. */
  private boolean isBeingRestored(String capsule) {
    return capsules.stream().anyMatch(at -> Files.exists(at.resolve(capsule).resolve("restoring")));
  }

  private static List<Path> entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).toList();
    } catch (IOException none) {
      return List.of();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException gone) {
      return "";
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
