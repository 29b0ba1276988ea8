package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands what DMTCP's programs print, and how they end. */
final class DmtcpAnswers {
  /** How all of them end that fail by an assertion of their own. */
  static final int FAILED = 99;

  /** How {@code dmtcp_command} ends without a coordinator, or if it refuses. */
  static final int REFUSED = 2;

  private static final Pattern PORT = Pattern.compile("^ *Port: (\\d{1,5})$", Pattern.MULTILINE);
  private static final Pattern PEERS =
      Pattern.compile("^ *NUM_PEERS=(\\d{1,9})$", Pattern.MULTILINE);
  private static final Pattern RUNNING = Pattern.compile("^ *RUNNING=(yes|no)$", Pattern.MULTILINE);
  private static final Pattern CLIENT =
      Pattern.compile(
          "\\d+, (.+)\\[(\\d+):(\\d+)]@[^,]*, ([0-9a-f]+-\\d+-[0-9a-f]+), WorkerState::(\\w+),(.*)");
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final Pattern BAD_IMAGE =
      Pattern.compile(
          "Invalid magic number in this checkpoint file|ASSERT_EQ failed; <sizeof\\(ckptHdr\\)|unexpected end of file|crc error|stat\\(restorename|checkpoint file missing");
  private static final String FORKED = "_(forked)";

  private DmtcpAnswers() {}

  /**
   * How a computation stands.
   *
   * @param peers processes that the coordinator knows
   * @param running whether all of them run; false also if there are none
   */
  record Status(int port, int peers, boolean running) {}

  /** What a process of a computation does. */
  enum Phase {
    RUNNING,
    /** It was asked to stop; its threads run. */
    STOPPING,
    /** None of its threads runs: it has all the processes that it will have in this image. */
    STOPPED,
    RESTARTING,
    UNKNOWN
  }

  /**
   * A process of a computation.
   *
   * @param program its file's name, without the mark of a fork
   * @param virtualPid its pid as it knows it itself, in all of its lives
   * @param uniquePid its name among all processes of all times
   * @param barrier where it stood last, with all others; empty if nowhere
   */
  record Client(
      String program, long virtualPid, long pid, String uniquePid, Phase phase, String barrier) {
    /** The name of its image. */
    String imageName() {
      return "ckpt_%s_%s.dmtcp".formatted(program, uniquePid);
    }
  }

  /** What {@code dmtcp_command --status} says; empty if it says something else. */
  static Optional<Status> status(String output) {
    Matcher port = PORT.matcher(output);
    Matcher peers = PEERS.matcher(output);
    Matcher running = RUNNING.matcher(output);
    return port.find() && peers.find() && running.find()
        ? Optional.of(
            new Status(
                Integer.parseInt(port.group(1)),
                Integer.parseInt(peers.group(1)),
                running.group(1).equals("yes")))
        : Optional.empty();
  }

  /** What {@code dmtcp_command --list} says. */
  static List<Client> clients(String output) {
    return output
        .lines()
        .map(CLIENT::matcher)
        .filter(Matcher::matches)
        .map(DmtcpAnswers::client)
        .toList();
  }

  private static Client client(Matcher line) {
    String program = line.group(1);
    return new Client(
        program.endsWith(FORKED)
            ? program.substring(0, program.length() - FORKED.length())
            : program,
        Long.parseLong(line.group(2)),
        Long.parseLong(line.group(3)),
        line.group(4),
        phase(line.group(5)),
        line.group(6).strip());
  }

  private static Phase phase(String state) {
    return switch (state) {
      case "RUNNING" -> Phase.RUNNING;
      case "PRESUSPEND" -> Phase.STOPPING;
      case "SUSPENDED", "CHECKPOINTING", "CHECKPOINTED" -> Phase.STOPPED;
      case "RESTARTING" -> Phase.RESTARTING;
      default -> Phase.UNKNOWN;
    };
  }

  /** What a program of DMTCP died of. */
  static EngineFailure failure(String tool, int exitStatus, String output, Path image) {
    String text = COLOUR.matcher(output).replaceAll("").strip();
    if (exitStatus == REFUSED && text.contains("Coordinator not found")) {
      return new EngineFailure.ProcessGone("the coordinator that %s asked".formatted(tool));
    }
    if (exitStatus == REFUSED && text.contains("not in running state")) {
      return new EngineFailure.WrongState(tool, "dumping or empty", "running");
    }
    if (text.contains("Did DMTCP coordinator die uncleanly")) {
      return new EngineFailure.ProcessGone(
          "%s (its coordinator died, and DMTCP ends it then: %s)".formatted(tool, text));
    }
    if (text.contains("appears not to be readable")) {
      return new EngineFailure.Unsupported("Running that program under DMTCP", hint(text));
    }
    if (text.contains("doesn't match uid of checkpoint image")) {
      return new EngineFailure.NotPermitted("restore another user's image: " + text);
    }
    if (text.contains("No space left on device") || text.contains("writeAll failed during ckpt")) {
      return new EngineFailure.DiskFull(image.toString());
    }
    return BAD_IMAGE.matcher(text).find()
        ? new EngineFailure.BadImage(image, text)
        : new EngineFailure.ToolFailed(tool, exitStatus, text);
  }

  private static String hint(String text) {
    return "it is not there or not executable: " + text;
  }
}
