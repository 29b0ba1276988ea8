package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.GpuDevices.Device;
import io.dormouse.checkpoint.images.HostAbilities.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether processes hold a GPU, whose memory is in no image but by a plugin of CRIU. */
final class GpuUse {
  /** Stands for tools that take no image of any GPU. */
  static final Probe NO_PLUGIN = new Probe(false, "", "this engine has none for GPUs");

  private GpuUse() {}

  /**
   * Why that must not be dumped; empty if none of the processes has a GPU open or mapped, or if
   * CRIU's plugin can save it.
   *
   * @param plugin what came of trying it; not asked for unless there is a GPU
   */
  static Optional<EngineFailure> refusal(String what, List<Long> pids, Supplier<Probe> plugin) {
    GpuDevices devices = GpuDevices.ofThisHost();
    List<Device> held = pids.stream().flatMap(devices::heldBy).distinct().toList();
    if (held.isEmpty()) {
      return Optional.empty();
    }
    Probe tried = plugin.get();
    return held.stream()
        .filter(device -> !(device.nvidia() && tried.works()))
        .findFirst()
        .map(
            device ->
                new EngineFailure.Unsupported(
                    "Dumping %s, which holds the GPU %s (%s),"
                        .formatted(what, device.path(), why(device, tried)),
                    "end its work on the GPU first, or install CRIU's plugin for it."));
  }

  /** The same, as a step. */
  static Outcome<Done> refuse(String what, List<Long> pids, Supplier<Probe> plugin) {
    return refusal(what, pids, plugin)
        .<Outcome<Done>>map(Outcome::failed)
        .orElseGet(() -> Outcome.ok(new Done(Duration.ZERO)));
  }

  private static String why(Device device, Probe tried) {
    return device.nvidia() ? tried.reason() : "CRIU's plugin for CUDA does not know it";
  }
}
