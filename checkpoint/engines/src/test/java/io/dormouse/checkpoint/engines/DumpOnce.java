package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/** Dumps a bare process, says what came of it, and stays there. */
final class DumpOnce {
  private DumpOnce() {}

  public static void main(String[] args) {
    ProcessTreeEngine engine = new ProcessTreeEngine(Path.of(args[0]), InstantSource.system());
    DumpOptions options = DumpOptions.of(DumpOptions.After.valueOf(args[3]));
    Outcome<DumpReport> outcome = engine.dump(Long.parseLong(args[1]), Path.of(args[2]), options);
    System.out.println(outcome.toString().replace('\n', ' '));
    while (outcome instanceof Outcome.Ok) {
      LockSupport.park();
    }
  }
}
