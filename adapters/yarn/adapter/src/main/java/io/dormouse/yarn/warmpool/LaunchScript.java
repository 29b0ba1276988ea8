package io.dormouse.yarn.warmpool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shell command of a container. YARN pastes a command between double quotes of a script of its
 * own without escaping anything, so that the real one travels in base64.
 */
public final class LaunchScript {
  private static final String RUN =
      "echo %s | base64 -d > run.sh && exec /bin/sh run.sh 1>%s/stdout 2>%s/stderr";

  private LaunchScript() {}

  /**
   * Starts a worker, or waits for its image.
   *
   * @param launcher argument vector of the launcher, without its own arguments
   * @param command the worker's argument vector; empty to attach
   */
  static String of(Relay relay, String instance, List<String> launcher, List<String> command) {
    List<String> words = new ArrayList<>();
    launcher.forEach(word -> words.add(quote(word)));
    words.add(command.isEmpty() ? "attach" : "run");
    words.add("--agent \"$DORMOUSE_AGENT_SOCKET\"");
    words.add("--container \"$CONTAINER_ID\"");
    words.add("--instance " + quote(instance));
    words.add("--stdio " + quote("tcp://%s:%d".formatted(relay.host(), relay.port())));
    words.add("--token-file " + quote(relay.tokenFile()));
    if (relay.memoryBytes() > 0) {
      words.add("--memory " + relay.memoryBytes());
    }
    if (!command.isEmpty()) {
      words.add("--");
      words.add(command.stream().map(LaunchScript::quote).collect(Collectors.joining(" ")));
    }
    return wrap("exec " + String.join(" ", words) + "\n");
  }

  /** A command that runs a script, safe between YARN's quotes. */
  public static String wrap(String script) {
    String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
    return RUN.formatted(encoded, "<LOG_DIR>", "<LOG_DIR>");
  }

  /** One word of a POSIX shell, whatever is in it. */
  public static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * Where the launcher brings the worker's stdio.
   *
   * @param memoryBytes the worker's limit; 0 for none
   */
  record Relay(String host, int port, String tokenFile, long memoryBytes) {}
}
