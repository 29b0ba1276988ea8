package io.dormouse.yarn.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * What the adapter wants released, as it answers a view. Immutable. The text form is
 *
 * <pre>
 * dormouse-plan 1
 * epoch INCARNATION CZXID
 * valid-millis N
 * release CONTAINER_ID      (any number of these)
 * end
 * </pre>
 */
final class ReleasePlan {
  private static final Pattern LINE_END = Pattern.compile("\r?\n");
  private static final int RELEASES_MAX = 10_000;
  private static final long VALID_MILLIS_MAX = 3_600_000;

  final PlanEpoch epoch;
  final long validMillis;
  final List<ContainerId> releases;

  private ReleasePlan(PlanEpoch epoch, long validMillis, List<ContainerId> releases) {
    this.epoch = epoch;
    this.validMillis = validMillis;
    this.releases = Collections.unmodifiableList(releases);
  }

  /**
   * Reads the text form; strict, so that a cut-off or foreign answer never counts as a plan.
   *
   * @throws MalformedPlanException when the text is anything else
   */
  static ReleasePlan parse(String text) throws MalformedPlanException {
    String[] lines = LINE_END.split(text, -1);
    int last = lines.length - 1;
    if (last >= 0 && lines[last].isEmpty()) {
      last--;
    }
    if (last < 3 || !lines[0].equals("dormouse-plan 1") || !lines[last].equals("end")) {
      throw new MalformedPlanException("it must begin with (dormouse-plan 1) and end with (end)");
    }
    if (last - 3 > RELEASES_MAX) {
      throw new MalformedPlanException("it releases more than " + RELEASES_MAX + " containers");
    }
    List<ContainerId> releases = new ArrayList<>();
    for (int i = 3; i < last; i++) {
      releases.add(containerId(words(lines[i], "release", 2)[1]));
    }
    String[] epoch = words(lines[1], "epoch", 3);
    return new ReleasePlan(
        new PlanEpoch(number(epoch[1]), number(epoch[2])), validMillis(lines[2]), releases);
  }

  private static long validMillis(String line) throws MalformedPlanException {
    long value = number(words(line, "valid-millis", 2)[1]);
    if (value > VALID_MILLIS_MAX) {
      throw new MalformedPlanException("valid-millis is above " + VALID_MILLIS_MAX);
    }
    return value;
  }

  private static String[] words(String line, String keyword, int count)
      throws MalformedPlanException {
    String[] words = line.split(" ", -1);
    if (words.length != count || !words[0].equals(keyword)) {
      throw new MalformedPlanException("a line is not of the form (" + keyword + " …)");
    }
    return words;
  }

  private static long number(String text) throws MalformedPlanException {
    if (text.isEmpty() || text.length() > 18) {
      throw new MalformedPlanException("a number is empty or too long");
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        throw new MalformedPlanException("a number has other characters than digits");
      }
    }
    return Long.parseLong(text);
  }

  private static ContainerId containerId(String text) throws MalformedPlanException {
    try {
      return ContainerId.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedPlanException("a container id can't be read");
    }
  }

  /** The text is not a plan. */
  static final class MalformedPlanException extends Exception {
    MalformedPlanException(String reason) {
      super("The plan is malformed: " + reason + ". Maybe another service answers there.");
    }
  }
}
