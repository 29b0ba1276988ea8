package io.dormouse.cli.up.run;

import java.util.Optional;

/**
 * Ends a daemon of {@code up} when {@code up} itself is gone, killed without a chance to say so.
 */
public final class ParentWatch {
  /** Says which process to watch. */
  static final String VARIABLE = "DORMOUSE_PARENT_PID";

  private ParentWatch() {}

  /** Watches the process that the environment names, if it names one. */
  public static void begin() {
    String parent = System.getenv(VARIABLE);
    if (parent == null || !parent.matches("\\d{1,9}")) {
      return;
    }
    Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(parent));
    Thread watch =
        new Thread(
            () -> {
              handle.ifPresent(process -> process.onExit().join());
              System.exit(1);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
