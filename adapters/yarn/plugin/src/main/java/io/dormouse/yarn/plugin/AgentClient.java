package io.dormouse.yarn.plugin;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the node's agent by starting the launcher: Java 8 has no Unix-domain sockets. Used by
 * one thread.
 */
final class AgentClient {
  private static final Logger LOG = LoggerFactory.getLogger(AgentClient.class);

  private final List<String> launcher;
  private final long timeoutMillis;
  private final QuietLog quiet = new QuietLog(LOG);

  /**
   * Starts nothing yet.
   *
   * @param launcher argument vector that each call's own arguments are added to
   * @param timeoutMillis how long a launcher may take before it is ended
   */
  AgentClient(List<String> launcher, long timeoutMillis) {
    this.launcher = Collections.unmodifiableList(new ArrayList<>(launcher));
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * Says something, given as the launcher's arguments.
   *
   * @return whether the agent took it
   * @throws InterruptedException while it waited; the launcher is ended
   */
  boolean tell(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(Arrays.asList(arguments));
    try {
      int status = exitStatus(command);
      if (status == 0) {
        return true;
      }
      throw new IOException("the launcher ended with status " + status);
    } catch (IOException e) {
      quiet.warn("The node's agent could not be told; containers go on all the same.", e);
      return false;
    }
  }

  private int exitStatus(List<String> command) throws IOException, InterruptedException {
    File nothing = new File("/dev/null");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(nothing)
            .redirectOutput(nothing)
            .redirectError(nothing)
            .start();
    try {
      if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
        throw new IOException("the launcher took longer than " + timeoutMillis + " ms");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
