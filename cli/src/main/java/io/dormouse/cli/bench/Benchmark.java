package io.dormouse.cli.bench;

import java.io.IOException;
import java.util.List;

/**
 * A measurement beside a peer in the same run, as only their ratio can be compared between
 * machines. Found by {@link java.util.ServiceLoader}.
 */
public interface Benchmark {
  /** As it is asked for on the command line. */
  String name();

  /** What it measures, in a line. */
  String description();

  /**
   * Measures. Everything it starts has ended when it returns.
   *
   * @throws MissingPeerException when a tool to compare with, or one that it needs, can't be had
   * @throws IOException when it fails
   */
  List<BenchLine> run(Workbench bench) throws IOException, MissingPeerException;

  /** A tool that is not here and can't be fetched. */
  final class MissingPeerException extends Exception {
    private static final long serialVersionUID = 1;

    /** Says which, and why. */
    public MissingPeerException(String message) {
      super(message);
    }
  }
}
