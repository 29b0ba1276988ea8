package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether processes hold a GPU, of whose memory no tool here takes an image. */
final class GpuUse {
  private static final Pattern GPU =
      Pattern.compile("/dev/(?:nvidia(?:\\d+|ctl|-uvm)|kfd|dri/renderD\\d+)");

  private GpuUse() {}

  /** Why that must not be dumped; empty if none of the processes has one open. */
  static Optional<EngineFailure> refusal(String what, List<Long> pids) {
    return pids.stream()
        .flatMap(pid -> Presence.list(Path.of("/proc", Long.toString(pid), "fd")).stream())
        .flatMap(descriptor -> Presence.target(descriptor).stream())
        .filter(GpuUse::isGpu)
        .findFirst()
        .map(
            device ->
                new EngineFailure.Unsupported(
                    "Dumping %s, which has the GPU %s open,".formatted(what, device),
                    "end its work on the GPU first: CRIU's plugin for it has not been seen to work on this host."));
  }

  static boolean isGpu(String target) {
    return GPU.matcher(target).matches();
  }
}
