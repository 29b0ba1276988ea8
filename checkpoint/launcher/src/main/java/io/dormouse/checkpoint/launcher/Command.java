package io.dormouse.checkpoint.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What one start of the launcher is to do. */
sealed interface Command {
  /** The agent's Unix socket. */
  Path agent();

  /** Commands whose connection lives as long as an instance. */
  sealed interface Session extends Command {
    String instance();

    /** 0 = no limit. */
    long memoryLimitBytes();

    String container();

    Stdio stdio();
  }

  /** Start an instance and stay with it. {@code memoryLimitBytes}: 0 = no limit. */
  record Run(
      Path agent,
      String instance,
      String container,
      long memoryLimitBytes,
      Map<String, String> environment,
      List<String> argv,
      Stdio stdio)
      implements Session {}

  /** Wait for a hibernated instance to be restored here and stay with it. */
  record Attach(Path agent, String instance, String container, long memoryLimitBytes, Stdio stdio)
      implements Session {}

  /** Tell under which name a scheduler knows this node. */
  record Identity(Path agent, String scheduler, String node) implements Command {}

  /** Print one's own instances. */
  record Show(Path agent) implements Command {}

  /** End one of one's own instances. */
  record End(Path agent, String instance) implements Command {}

  /** Where the instance's standard streams go. */
  sealed interface Stdio {
    /** The launcher's own streams. */
    record Inherit() implements Stdio {}

    /** A TCP endpoint, told {@code DORMOUSE instance generation token} first. */
    record Tcp(String host, int port, String token) implements Stdio {}
  }
}
