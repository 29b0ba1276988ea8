package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.hosts.RestoreRules.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What the writer of an image knows of it; the store adds files, sizes and checksums.
 *
 * @param id instance and generation
 * @param parent the generation this life was woken from, if any
 * @param engine name of the checkpoint engine that can restore it
 * @param ownerUid the user whose process it holds; it is restored with no more rights than his
 * @param ownerGid his primary group
 * @param specHash hash of what the instance runs; equal hashes can stand in for each other
 * @param createdAt when the process was stopped for the dump
 * @param logicalBytes memory of the process as it ran, before any saving
 * @param host where it was dumped
 * @param holdsGpu whether it had a GPU open or mapped
 */
public record ImageMetadata(
    ImageId id,
    Optional<UUID> parent,
    String engine,
    long ownerUid,
    long ownerGid,
    String specHash,
    Instant createdAt,
    long logicalBytes,
    HostFingerprint host,
    boolean holdsGpu) {
  /** What stands for an engine in the image of an instance that ran on: nobody may restore it. */
  public static final String DRAFT = "draft";

  /** What stands for an engine in an image of data, whose instance stands still on its node. */
  public static final String DATA = "data";

  /** Of what holds no GPU. */
  public ImageMetadata(
      ImageId id,
      Optional<UUID> parent,
      String engine,
      long ownerUid,
      long ownerGid,
      String specHash,
      Instant createdAt,
      long logicalBytes,
      HostFingerprint host) {
    this(id, parent, engine, ownerUid, ownerGid, specHash, createdAt, logicalBytes, host, false);
  }

  /** Whether it shows an instance that ran on. */
  public boolean isDraft() {
    return engine.equals(DRAFT);
  }

  /** Whether there is a process in it that can be restored. */
  public boolean holdsProcess() {
    return !engine.equals(DRAFT) && !engine.equals(DATA);
  }

  /** What a verdict on its restore goes by. */
  public Subject subject() {
    return new Subject(engine, host, holdsGpu);
  }
}
