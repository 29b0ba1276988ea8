package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.ImageId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What to run as an instance.
 *
 * @param instance the lineage key, stable over hibernations
 * @param generation this life of it
 * @param ownerUid user the process runs as
 * @param ownerGid group it runs as
 * @param argv program (an absolute path) and arguments
 * @param environment the whole environment; nothing is inherited
 * @param memoryLimitBytes limit of the cgroup, if any
 * @param readOnlyPaths absolute host paths that it sees under the same names, beside the host's own
 *     /usr and /etc
 */
public record InstanceSpec(
    String instance,
    UUID generation,
    long ownerUid,
    long ownerGid,
    List<String> argv,
    Map<String, String> environment,
    OptionalLong memoryLimitBytes,
    List<Path> readOnlyPaths) {

  public InstanceSpec {
    var unused = new ImageId(instance, generation);
    if (ownerUid < 0 || ownerUid > 0xFFFF_FFFEL || ownerGid < 0 || ownerGid > 0xFFFF_FFFEL) {
      throw new IllegalArgumentException(
          "The owner (%d:%d) of instance %s must be a uid and a gid."
              .formatted(ownerUid, ownerGid, instance));
    }
    if (argv.isEmpty() || !argv.get(0).startsWith("/")) {
      throw new IllegalArgumentException(
          "The argv of instance %s must start with an absolute path.%nMaybe the program was given by its bare name."
              .formatted(instance));
    }
    for (Path path : readOnlyPaths) {
      if (!path.isAbsolute() || !path.normalize().equals(path)) {
        throw new IllegalArgumentException(
            "The read-only path (%s) of instance %s must be absolute and normal."
                .formatted(path, instance));
      }
    }
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    readOnlyPaths = List.copyOf(readOnlyPaths);
  }

  /** Name of the running instance: {@code <instance>-<first 8 digits of generation>}. */
  public String id() {
    return instance + "-" + generation.toString().substring(0, 8);
  }
}
