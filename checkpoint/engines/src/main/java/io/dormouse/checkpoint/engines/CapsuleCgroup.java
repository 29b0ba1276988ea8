package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/** Which cgroup a capsule is in. */
final class CapsuleCgroup {
  /** Above those of all capsules of the host. */
  static final String SHARED = "dormouse";

  private CapsuleCgroup() {}

  static String path(String id) {
    return SHARED + "/" + id;
  }

  static CgroupFreezer freezer(String id) {
    return Objects.requireNonNull(
        CgroupFreezer.of(path(id)).orElse(null), "the freezer was there when the engine opened");
  }

  static Outcome<Done> removeShared() {
    try {
      new CgroupTree(SHARED).remove();
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("remove the cgroup " + SHARED, e));
    }
  }

  /** Whether the process is of this capsule: pids come again, but not in the same cgroup. */
  static boolean holds(long pid, String id) {
    return ProcFs.isAlive(pid)
        && ProcFs.cgroups(pid).stream().anyMatch(line -> line.endsWith("/" + path(id)));
  }
}
