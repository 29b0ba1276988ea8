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
 */
record ProcessFacts(long uid, long gid, String specHash) {
  /** Reads {@code /proc}. */
  static ProcessFacts of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      List<String> status = Files.readAllLines(process.resolve("status"));
      byte[] commandLine = Files.readAllBytes(process.resolve("cmdline"));
      return new ProcessFacts(
          id(status, "Uid:"),
          id(status, "Gid:"),
          Hashing.sha256().hashBytes(commandLine).toString());
    } catch (IOException gone) {
      throw new CommandFailure(
          ExitCode.NOTHING,
          "There is no process %d.".formatted(pid),
          "Maybe it ended, or runs in another pid namespace.",
          gone);
    }
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
