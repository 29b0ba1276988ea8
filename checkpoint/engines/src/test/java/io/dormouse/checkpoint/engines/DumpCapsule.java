package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Dumps a capsule and leaves it frozen, in a process that a test can kill; says what came of it.
 */
final class DumpCapsule {
  private DumpCapsule() {}

  public static void main(String[] args) {
    Toolchain tools = new Toolchain(Path.of(args[0]), args[1], Path.of(args[2]), args[3]);
    Outcome<DumpReport> outcome =
        CapsuleEngine.open(Path.of(args[4]), tools, InstantSource.system())
            .then(
                engine ->
                    engine.dump(
                        args[5], Path.of(args[6]), DumpOptions.of(DumpOptions.After.LEAVE_FROZEN)));
    System.out.println(outcome.toString().replace('\n', ' '));
  }
}
