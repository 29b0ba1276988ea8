package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells of graphics processors what their drivers tell in files: amdgpu load and memory, NVIDIA's
 * only that they are there.
 */
final class GpuSampler {
  private static final int GPUS_MAX = 64;

  private final Path nvidia;
  private final Path cards;
  private final KernelFile files;

  GpuSampler(Path proc, Path sys, KernelFile files) {
    this.nvidia = proc.resolve("driver/nvidia/gpus");
    this.cards = sys.resolve("class/drm");
    this.files = files;
  }

  Reading<List<Gpu>> sample() {
    List<Gpu> found = new ArrayList<>();
    for (Path card : entries(cards)) {
      Path device = card.resolve("device");
      if (card.getFileName().toString().matches("card\\d{1,4}")
          && Files.exists(device.resolve("mem_info_vram_total"))) {
        found.add(amd(card.getFileName().toString(), device));
      }
    }
    for (Path gpu : entries(nvidia)) {
      found.add(
          new Gpu(
              "nvidia-" + gpu.getFileName(),
              Reading.none(Cause.NOT_TOLD),
              Reading.none(Cause.NOT_TOLD)));
    }
    return found.isEmpty() ? Reading.none(Cause.NO_DEVICE) : Reading.of(List.copyOf(found));
  }

  private Gpu amd(String name, Path device) {
    Reading<Double> busy =
        files
            .number(device.resolve("gpu_busy_percent"))
            .then(
                percent ->
                    percent <= 100
                        ? Reading.of(percent / 100.0)
                        : Reading.none(Cause.UNKNOWN_FORM));
    Reading<Memory> memory =
        files
            .number(device.resolve("mem_info_vram_total"))
            .then(
                total ->
                    files
                        .number(device.resolve("mem_info_vram_used"))
                        .then(used -> Reading.of(new Memory(total, Math.max(0, total - used)))));
    return new Gpu(name, busy, memory);
  }

  private static List<Path> entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().limit(GPUS_MAX).toList();
    } catch (IOException | UncheckedIOException e) {
      // No such driver, or it is just going.
      return List.of();
    }
  }
}
