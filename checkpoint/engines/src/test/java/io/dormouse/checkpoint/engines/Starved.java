package io.dormouse.checkpoint.engines;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Asks whether a process is alive when no descriptor is left, and says the answer. */
final class Starved {
  private static final int TRIES = 100;

  private Starved() {}

  public static void main(String[] args) throws IOException {
    long pid = Long.parseLong(args[0]);
    // Classes need descriptors too: both answers are given once before.
    String warm = answer(pid) + answer(Long.MAX_VALUE) + unknown();
    List<FileInputStream> held = new ArrayList<>();
    String answer = starvedAnswer(pid, held);
    for (FileInputStream each : held) {
      each.close();
    }
    System.out.println(warm.equals("alivegoneunknown") ? answer : warm);
  }

  /** The JVM itself opens and closes files: an answer counts if no descriptor had come free. */
  private static String starvedAnswer(long pid, List<FileInputStream> held) {
    for (int i = 0; i < TRIES; i++) {
      takeAll(held);
      String answer = answer(pid);
      if (takeAll(held) == 0) {
        return answer;
      }
    }
    return "never without a descriptor";
  }

  /** Takes all descriptors that are left; how many these were. */
  private static int takeAll(List<FileInputStream> held) {
    int before = held.size();
    try {
      while (true) {
        held.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException exhausted) {
      return held.size() - before;
    }
  }

  private static String unknown() {
    try {
      return Presence.read(java.nio.file.Path.of("/")).orElse("gone");
    } catch (UncheckedIOException e) {
      return "unknown";
    }
  }

  private static String answer(long pid) {
    try {
      return ProcFs.isAlive(pid) ? "alive" : "gone";
    } catch (UncheckedIOException e) {
      return "unknown";
    }
  }
}
