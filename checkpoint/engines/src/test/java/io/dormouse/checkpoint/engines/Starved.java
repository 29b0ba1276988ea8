package io.dormouse.checkpoint.engines;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Asks whether a process is alive when no descriptor is left, and says the answer. */
final class Starved {
  private Starved() {}

  public static void main(String[] args) throws IOException {
    long pid = Long.parseLong(args[0]);
    // Classes need descriptors too: both answers are given once before.
    String warm = answer(pid) + answer(Long.MAX_VALUE) + unknown();
    List<FileInputStream> held = new ArrayList<>();
    String answer;
    try {
      while (true) {
        held.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException exhausted) {
      answer = answer(pid);
    }
    for (FileInputStream each : held) {
      each.close();
    }
    System.out.println(warm.equals("alivegoneunknown") ? answer : warm);
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
