package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Takes files' blocks from them by fallocate(1), as Java has no call for it. */
final class HolePunch {
  // Up to the end of the largest block of any file system.
  private static final long ALIGNMENT_BYTES = 64 << 10;
  private static final int PROBE_BYTES = 1 << 20;
  private static final String SCRIPT =
      "while [ $# -gt 1 ]; do"
          + " fallocate --punch-hole --offset 0 --length \"$2\" \"$1\" || exit 1; shift 2; done";

  private HolePunch() {}

  /** Empties the files; their lengths stay. After a failure some are, and some are not. */
  static Outcome<Done> punch(List<HeldData.Held> files, Path directory, Duration timeout) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh"));
    for (HeldData.Held each : files) {
      long end = each.file().bytes() + ALIGNMENT_BYTES - 1;
      argv.add(each.handle().toString());
      argv.add(Long.toString(end / ALIGNMENT_BYTES * ALIGNMENT_BYTES));
    }
    return ToolRunner.run(new ToolRunner.Call("fallocate", argv, Map.of(), directory), timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        new EngineFailure.ToolFailed(
                            "fallocate", result.exitStatus(), result.output())));
  }

  /** Tries it, with all that goes with it, on a file of its own in a directory that is there. */
  static Outcome<Done> probe(Path directory, Duration timeout) {
    Path folder;
    try {
      folder = Files.createTempDirectory(directory, ".probe-holes", Private.DIRECTORY);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make a folder in " + directory, e));
    }
    Path file = folder.resolve("probe").resolve("file");
    try {
      Files.createDirectory(folder.resolve("probe"));
      byte[] ones = new byte[PROBE_BYTES];
      Arrays.fill(ones, (byte) 1);
      Files.write(file, ones);
      InstanceData data = new InstanceData("a probe", folder, List.of("probe"), List.of());
      return probe(data, timeout);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("try holes in " + directory, e));
    } finally {
      EngineErrors.deleteQuietly(file);
      EngineErrors.deleteQuietly(folder.resolve("probe"));
      EngineErrors.deleteQuietly(folder);
    }
  }

  private static Outcome<Done> probe(InstanceData data, Duration timeout) {
    return DataListing.of(data, PROBE_BYTES, timeout)
        .then(
            before -> {
              try (HeldData held =
                  HeldData.open(data.root(), before.stream().map(e -> e.file()).toList())) {
                return punch(held.files(), data.root(), timeout);
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("try holes in " + data.root(), e));
              }
            })
        .then(done -> DataListing.of(data, PROBE_BYTES, timeout))
        .then(
            after ->
                after.size() == 1 && after.get(0).allocatedBytes() < PROBE_BYTES / 2
                    ? Outcome.ok(new Done(Duration.ZERO))
                    : Outcome.failed(
                        new EngineFailure.Unsupported(
                            "Giving back the space of files in " + data.root().getParent(),
                            "its file system does not make holes; ext4, XFS, Btrfs and tmpfs do.")));
  }
}
