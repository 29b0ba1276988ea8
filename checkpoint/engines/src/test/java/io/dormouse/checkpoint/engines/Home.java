package io.dormouse.checkpoint.engines;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where a test's program lives, is hibernated, and wakes. */
interface Home extends Closeable {
  Duration LIMIT = Duration.ofSeconds(20);
  long NOBODY = 65534;

  /** The program's working directory, as the test reaches it now. */
  Path work();

  /** The same directory as the program knows it. */
  String inside();

  /** Starts the program in {@link #work} as nobody. */
  void start(List<String> argv, List<Path> readOnly) throws IOException;

  /** Dumps it; returns once nothing of it is left. */
  DumpReport hibernate(Path image);

  /** Brings it back; returns once it runs. */
  void wake(Path image);

  /** Ends it. */
  @Override
  void close();
}
