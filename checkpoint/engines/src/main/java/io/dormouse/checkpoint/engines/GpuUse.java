package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.GpuDevices.Device;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.util.List;
import java.util.function.Supplier;

/** Whether processes hold a GPU, whose memory is in no image but by a plugin of CRIU. */
final class GpuUse {
  /** Stands for tools that take no image of any GPU. */
  static final Probe NO_PLUGIN = new Probe(false, "", "this engine has none for GPUs");

  private GpuUse() {}

  /**
   * Whether the processes have a GPU open or mapped; fails if that must not be dumped, as no plugin
   * of CRIU can save it.
   *
   * @param plugin what came of trying it; not asked for unless there is a GPU
   */
  static Outcome<Boolean> savable(String what, List<Long> pids, Supplier<Probe> plugin) {
    GpuDevices devices = GpuDevices.ofThisHost();
    List<Device> held = pids.stream().flatMap(devices::heldBy).distinct().toList();
    if (held.isEmpty()) {
      return Outcome.ok(false);
    }
    Probe tried = plugin.get();
    return held.stream()
        .filter(device -> !(device.nvidia() && tried.works()))
        .findFirst()
        .map(device -> Outcome.<Boolean>failed(unsupported(what, device, tried)))
        .orElseGet(() -> Outcome.ok(true));
  }

  private static EngineFailure unsupported(String what, Device device, Probe tried) {
    String why = device.nvidia() ? tried.reason() : "CRIU's plugin for CUDA does not know it";
    return new EngineFailure.Unsupported(
        "Dumping %s, which holds the GPU %s (%s),".formatted(what, device.path(), why),
        "end its work on the GPU first, or install CRIU's plugin for it.");
  }
}
