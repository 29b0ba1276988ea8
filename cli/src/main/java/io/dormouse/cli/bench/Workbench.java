package io.dormouse.cli.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Where and how to measure.
 *
 * @param directory an empty directory of its own on the disk that is measured
 * @param memoryBytes size of the processes that are dumped
 * @param rounds how often each figure is taken; the median counts
 * @param rest how, and how long, an agent is watched that has nothing to do
 * @param progress told what goes on, in short sentences
 */
public record Workbench(
    Path directory, long memoryBytes, int rounds, Rest rest, Consumer<String> progress) {
  /**
   * An agent at rest.
   *
   * @param instances that it has, from 1 on
   * @param period how long it is watched, above 0
   */
  public record Rest(int instances, Duration period) {}
}
