package io.dormouse.cli.image;

import com.google.common.hash.Hashing;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a manifest says of a process.
 *
 * @param uid its owner
 * @param gid his group
 * @param specHash hash of its command line
 * @param startTicks when it started, in clock ticks since boot: tells it from another that gets its
 *     pid
 */
record ProcessFacts(long uid, long gid, String specHash, long startTicks) {
  private static final int START_TICKS = 19;

  /** Reads {@code /proc}. */
  static ProcessFacts of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      // Read first: if the process that is dumped has it too, the rest is its as well.
      long startTicks = startTicks(Files.readString(process.resolve("stat")));
      List<String> status = Files.readAllLines(process.resolve("status"));
      byte[] commandLine = Files.readAllBytes(process.resolve("cmdline"));
      return new ProcessFacts(
          id(status, "Uid:"),
          id(status, "Gid:"),
          Hashing.sha256().hashBytes(commandLine).toString(),
          startTicks);
    } catch (IOException gone) {
      throw new CommandFailure(
          ExitCode.NOTHING,
          "There is no process %d.".formatted(pid),
          "Maybe it ended, or runs in another pid namespace.",
          gone);
    }
  }

  // The program's name, in brackets, may hold anything.
  private static long startTicks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[START_TICKS]);
  }

  private static long id(List<String> status, String name) throws IOException {
    for (String line : status) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).strip().split("\\s+", 2)[0]);
      }
    }
    throw new IOException("no " + name);
  }
}
