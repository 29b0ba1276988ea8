package io.dormouse.checkpoint.engines;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A real program that proves by itself that it lost nothing. */
interface Survivor extends Closeable {
  /** What to start; {@code readOnly} is what it needs beside the host's own programs. */
  record Launch(List<String> argv, List<Path> readOnly) {}

  /** Makes what the program needs, below a directory of the test; skips the test if it can't. */
  Launch prepare(Path directory, Home home) throws IOException;

  /** Whether it runs as nobody outside of a capsule too; else as the user of the tests. */
  default boolean isForNobody() {
    return true;
  }

  /** Lets the program come to a state worth keeping, and leaves open what is to stay open. */
  void live(Home home) throws IOException;

  /** What others do while the program is gone. */
  default void meanwhile() throws IOException {}

  /** Fails unless the program goes on from where it was. */
  void prove(Home home) throws IOException;

  @Override
  default void close() throws IOException {}
}
