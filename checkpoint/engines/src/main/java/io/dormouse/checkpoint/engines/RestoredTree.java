package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process tree that runs again.
 *
 * @param pid of its root, the same as before
 * @param movedAside files that were found in the places of the tree's own, under the names they
 *     have now
 */
public record RestoredTree(long pid, List<Path> movedAside, Duration took) {}
