package io.dormouse.it.moves;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One move, and what befalls it at a random moment; all is well again after a while. */
final class Storm {
  /** A move without trouble takes about so long, and what goes ahead of it half of that. */
  private static final int MOMENT_MILLIS_MAX = 4_000;

  private static final int TROUBLE_MILLIS_MAX = 3_000;
  private static final Duration RESTORE_MAX = Duration.ofSeconds(15);

  private final MoveCell cell;
  private final long seed;
  private final String from;
  private final String to;
  private final Trouble trouble;
  private final int momentMillis;
  private final int lengthMillis;
  private final List<String> story = new ArrayList<>();
  private Duration gap = Duration.ZERO;

  Storm(MoveCell cell, long seed) {
    this.cell = cell;
    this.seed = seed;
    Random random = new Random(seed);
    this.trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
    this.momentMillis = random.nextInt(MOMENT_MILLIS_MAX);
    this.lengthMillis = random.nextInt(TROUBLE_MILLIS_MAX);
    this.from = cell.site.node();
    this.to = MoveCell.other(from);
  }

  private enum Trouble {
    CUT_SOURCE,
    CUT_TARGET,
    KILL_SOURCE,
    KILL_TARGET,
    KILL_CONTROLLER,
    KILL_RESTORE
  }

  /** Has it happen; returns once the instance answers again. */
  Campaign.Row run() throws IOException, InterruptedException {
    var unused = cell.client.takeLongestGap();
    cell.site.wish(to);
    story.add("%s after %d ms for %d ms".formatted(trouble, momentMillis, lengthMillis));
    boolean struck = isMovingAfter(momentMillis) && befall(lengthMillis);
    if (!struck) {
      story.add("too late");
    }
    cell.awaitSettled();
    gap = cell.client.takeLongestGap();
    boolean moved = cell.site.node().equals(to);
    String what = struck ? trouble.name() : Campaign.NO_TROUBLE;
    return new Campaign.Row(seed, what, momentMillis, lengthMillis, moved, gap.toMillis());
  }

  /** Whether it came to anything. */
  private boolean befall(int millis) throws IOException, InterruptedException {
    return switch (trouble) {
      case CUT_SOURCE -> cut(from, millis);
      case CUT_TARGET -> cut(to, millis);
      case KILL_SOURCE -> killAgent(from, millis);
      case KILL_TARGET -> killAgent(to, millis);
      case KILL_CONTROLLER -> {
        cell.daemons.kill(MoveCell.CONTROLLER);
        pass(millis);
        cell.startController();
        yield true;
      }
      case KILL_RESTORE -> killRestore();
    };
  }

  private boolean cut(String node, int millis) throws IOException, InterruptedException {
    cell.namespaces.setConnected(node, false);
    pass(millis);
    cell.namespaces.setConnected(node, true);
    return true;
  }

  private boolean killAgent(String node, int millis) throws IOException, InterruptedException {
    cell.daemons.kill(MoveCell.agent(node));
    pass(millis);
    cell.startAgent(node);
    return true;
  }

  /** The tools that are at work below the target's folder, once there are any. */
  private boolean killRestore() {
    long end = System.nanoTime() + RESTORE_MAX.toNanos();
    String folder = cell.root.resolve(to).toString();
    while (System.nanoTime() < end && !cell.site.isSettled()) {
      List<ProcessHandle> tools =
          ProcessHandle.allProcesses()
              .filter(process -> isRestore(arguments(process.pid()), folder))
              .toList();
      tools.forEach(ProcessHandle::destroyForcibly);
      if (!tools.isEmpty()) {
        story.add("killed %d tools".formatted(tools.size()));
        return true;
      }
    }
    return false;
  }

  private static boolean isRestore(List<String> arguments, String folder) {
    return arguments.contains("restore")
        && arguments.stream().anyMatch(word -> word.contains(folder));
  }

  private static List<String> arguments(long pid) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
    } catch (IOException gone) {
      return List.of();
    }
  }

  /** Whether the move is still under way then. */
  private boolean isMovingAfter(int millis) {
    pass(millis, cell.site::isSettled);
    return !cell.site.isSettled();
  }

  /** Lets time go by, in which the cell does what it does. */
  private static void pass(int millis) {
    pass(millis, () -> false);
  }

  private static void pass(int millis, BooleanSupplier orElse) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    await()
        .pollInterval(Duration.ofMillis(5))
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofMillis(millis).plusSeconds(10))
        .until(() -> orElse.getAsBoolean() || System.nanoTime() >= end);
  }

  @Override
  public String toString() {
    return "seed %d, %s to %s: %s; now at %s, %d ms without an answer"
        .formatted(seed, from, to, String.join(", ", story), cell.site.node(), gap.toMillis());
  }
}
