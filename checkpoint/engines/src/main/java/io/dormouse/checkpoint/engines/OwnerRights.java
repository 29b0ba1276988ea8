package io.dormouse.checkpoint.engines;

import java.util.ArrayList;
import java.util.List;

/** Runs programs with an instance's owner's rights, and no others. */
final class OwnerRights {
  // Where this process may not do that either, all stays as it is.
  private static final String LIFTED =
      "prlimit --pid $$ --nproc=unlimited:unlimited 2>/dev/null; exec \"$@\"";

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

  /**
   * A tool of ours, with the owner's rights, though he may have as many processes as he may: what
   * reads his images must not fail for that.
   */
  static List<String> tool(InstanceSpec spec, List<String> argv) {
    List<String> command = command(spec, argv);
    if (command.size() == argv.size()) {
      return command;
    }
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", LIFTED, "sh"));
    all.addAll(command);
    return all;
  }

  /** The instance's own program. */
  static List<String> command(InstanceSpec spec, List<String> argv) {
    List<String> all = new ArrayList<>(prefix(spec.ownerUid(), spec.ownerGid()));
    all.addAll(argv);
    return all;
  }
}
