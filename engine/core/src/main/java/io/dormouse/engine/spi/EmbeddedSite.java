package io.dormouse.engine.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Real daemons of one kind of scheduler, on this machine alone; found by {@link
 * java.util.ServiceLoader}.
 */
public interface EmbeddedSite {
  /** The name that {@code up --site} takes. */
  String name();

  /**
   * Starts the daemons and waits until all nodes take work.
   *
   * @param progress receives one line per step
   * @throws IOException when a daemon does not come up, with its log's last lines
   */
  RunningSite start(Request request, Consumer<String> progress)
      throws IOException, InterruptedException;

  /**
   * What to start.
   *
   * @param installation the product's root: {@code bin}, {@code lib}
   * @param workDirectory where all state and logs go; exists, is empty, and every user may traverse
   *     it
   * @param runAsUser who the daemons run as when this process is root; else ignored
   * @param nodes the machines to play
   */
  record Request(Path installation, Path workDirectory, String runAsUser, List<SiteNode> nodes) {
    /** Copies the nodes. */
    public Request {
      nodes = List.copyOf(nodes);
    }
  }
}
