package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.TaskId;
import java.util.regex.Pattern;

/** What a worker says, one line each. */
public sealed interface WorkerLine {
  /** Longest line that is read, in characters. */
  int LENGTH_MAX = 65_536;

  /** The worker has started: {@code READY checksum counter}. */
  record Ready(String datasetChecksum, long counter) implements WorkerLine {}

  /** A task is done: {@code DONE id counter result}. */
  record Done(TaskId task, long counter, String result) implements WorkerLine {}

  /**
   * The worker's state: {@code PROOF nonce counter dataset-checksum file-lines file-checksum}. The
   * counter is the number of distinct tasks it has run; it appends a line to its file for each.
   */
  record Proof(
      String nonce, long counter, String datasetChecksum, long fileLines, String fileChecksum)
      implements WorkerLine {}

  /** Anything else. */
  record Malformed(String reason) implements WorkerLine {}

  /** Reads a line without its end; never throws. */
  static WorkerLine parse(String line) {
    return Parser.parse(line);
  }

  /** The grammar. */
  final class Parser {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

    private Parser() {}

    private static WorkerLine parse(String line) {
      if (line.length() > LENGTH_MAX) {
        return new Malformed("a line is longer than %d characters".formatted(LENGTH_MAX));
      }
      String[] words = line.split(" ", 4);
      return switch (words[0]) {
        case "READY" -> ready(line.split(" ", -1));
        case "DONE" -> done(words);
        case "PROOF" -> proof(line.split(" ", -1));
        default -> malformed("READY, DONE or PROOF was expected", line);
      };
    }

    private static WorkerLine ready(String[] words) {
      if (words.length != 3 || !isToken(words[1]) || !isNumber(words[2])) {
        return malformed("READY takes a checksum and a counter", String.join(" ", words));
      }
      return new Ready(words[1], Long.parseLong(words[2]));
    }

    private static WorkerLine done(String[] words) {
      if (words.length < 3 || !isToken(words[1]) || !isNumber(words[2])) {
        return malformed("DONE takes a task id, a counter and a result", String.join(" ", words));
      }
      String result = words.length == 4 ? words[3] : "";
      return new Done(new TaskId(words[1]), Long.parseLong(words[2]), result);
    }

    private static WorkerLine proof(String[] words) {
      boolean good =
          words.length == 6
              && isToken(words[1])
              && isNumber(words[2])
              && isToken(words[3])
              && isNumber(words[4])
              && isToken(words[5]);
      if (!good) {
        return malformed(
            "PROOF takes a nonce, a counter, a checksum, a number of lines and a checksum",
            String.join(" ", words));
      }
      return new Proof(
          words[1], Long.parseLong(words[2]), words[3], Long.parseLong(words[4]), words[5]);
    }

    private static Malformed malformed(String expected, String line) {
      String shown = line.length() > 80 ? line.substring(0, 80) + "…" : line;
      return new Malformed("%s, not (%s)".formatted(expected, shown));
    }

    private static boolean isNumber(String word) {
      return NUMBER.matcher(word).matches();
    }

    private static boolean isToken(String word) {
      return TOKEN.matcher(word).matches();
    }
  }
}
