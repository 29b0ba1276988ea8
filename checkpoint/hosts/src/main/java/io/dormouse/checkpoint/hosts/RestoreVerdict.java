package io.dormouse.checkpoint.hosts;

import java.util.List;
import java.util.stream.Collectors;

/** Whether something can be restored on a host. */
public sealed interface RestoreVerdict {
  /** Nothing speaks against it. */
  record Yes() implements RestoreVerdict {}

  /** All that speaks against it; at least one. */
  record No(List<Reason> reasons) implements RestoreVerdict {
    /** Copies the reasons. */
    public No {
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("A verdict of no must have a reason.");
      }
      reasons = List.copyOf(reasons);
    }

    /** The reasons in one line. */
    public String text() {
      return reasons.stream().map(Reason::text).collect(Collectors.joining("; "));
    }
  }

  /** One reason, for programs and for people. */
  record Reason(Kind kind, String text) {}

  /** What a reason is about. */
  enum Kind {
    TOOL,
    KERNEL,
    CPU,
    LIBC,
    CGROUPS,
    GPU
  }
}
