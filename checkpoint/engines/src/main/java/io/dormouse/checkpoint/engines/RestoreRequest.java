package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A new life for an image. What to run comes from the image.
 *
 * @param instance the lineage key; must be the image's
 * @param generation of the new life
 * @param ownerUid must be the image's owner: nobody else's image is restored
 * @param memoryLimitBytes limit of the new cgroup, if any
 * @param image directory of a verified image
 * @param timeout for the whole restore
 */
public record RestoreRequest(
    String instance,
    UUID generation,
    long ownerUid,
    OptionalLong memoryLimitBytes,
    Path image,
    Duration timeout) {}
