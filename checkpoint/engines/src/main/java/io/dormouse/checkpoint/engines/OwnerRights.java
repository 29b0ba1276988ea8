package io.dormouse.checkpoint.engines;

import java.util.ArrayList;
import java.util.List;

/** Runs programs with an instance's owner's rights, and no others. */
final class OwnerRights {
  private OwnerRights() {}

  /** What to put before a command; nothing if this process is the owner's. */
  static List<String> prefix(long uid, long gid) {
    boolean other = ProcFs.uid(ProcessHandle.current().pid()).filter(own -> own == uid).isEmpty();
    return other
        ? List.of(
            "setpriv",
            "--reuid",
            Long.toString(uid),
            "--regid",
            Long.toString(gid),
            "--clear-groups",
            "--no-new-privs",
            "--")
        : List.of();
  }

  static List<String> command(InstanceSpec spec, List<String> argv) {
    List<String> all = new ArrayList<>(prefix(spec.ownerUid(), spec.ownerGid()));
    all.addAll(argv);
    return all;
  }
}
