package io.dormouse.checkpoint.engines;

import java.io.IOException;
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
 * @param lazy whether it may run before all its pages are in, see {@link Ability#LAZY}: then the
 *     image must stay as it is until {@link InstanceEngine#pages} says so
 */
public record RestoreRequest(
    String instance,
    UUID generation,
    long ownerUid,
    OptionalLong memoryLimitBytes,
    Path image,
    Duration timeout,
    boolean lazy) {
  /** All of its pages are in before it runs. */
  public RestoreRequest(
      String instance,
      UUID generation,
      long ownerUid,
      OptionalLong memoryLimitBytes,
      Path image,
      Duration timeout) {
    this(instance, generation, ownerUid, memoryLimitBytes, image, timeout, false);
  }

  /** The same, to run before all its pages are in. */
  public RestoreRequest lazily() {
    return new RestoreRequest(
        instance, generation, ownerUid, memoryLimitBytes, image, timeout, true);
  }

  /** The spec in the image, as a new life of it, if this request may have it. */
  Outcome<InstanceSpec> newLife(String specFile) {
    InstanceSpec old;
    try {
      old = SpecJson.read(image.resolve(specFile));
    } catch (IOException e) {
      return Outcome.failed(new EngineFailure.BadImage(image, String.valueOf(e.getMessage())));
    }
    if (old.ownerUid() != ownerUid || !old.instance().equals(instance)) {
      return Outcome.failed(
          new EngineFailure.BadImage(
              image,
              "it is instance %s of uid %d, asked for was %s of uid %d"
                  .formatted(old.instance(), old.ownerUid(), instance, ownerUid)));
    }
    return Outcome.ok(
        new InstanceSpec(
            old.instance(),
            generation,
            old.ownerUid(),
            old.ownerGid(),
            old.argv(),
            old.environment(),
            memoryLimitBytes,
            old.readOnlyPaths()));
  }
}
