package io.dormouse.cli.bench;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Where and how to measure.
 *
 * @param directory an empty directory of its own on the disk that is measured
 * @param memoryBytes size of the processes that are dumped
 * @param rounds how often each figure is taken; the median counts
 * @param progress told what goes on, in short sentences
 */
public record Workbench(Path directory, long memoryBytes, int rounds, Consumer<String> progress) {}
