package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.packs.PackUse;
import io.dormouse.checkpoint.images.upkeep.Ledger;
import io.dormouse.checkpoint.images.upkeep.OwnerUsage;
import io.dormouse.checkpoint.images.upkeep.Retention;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Quotas, retention and charge-back of a store. Safe for use by several threads and processes at
 * once, which may be held to rules of their own.
 */
public final class Upkeep {
  private static final String KEPT = "kept";
  private static final int KEPT_MAX = 100_000;

  /** Whoever removes an image for its age takes the right to wake it first. */
  private static final String CLAIMANT = "retention";

  /** A draft that nobody removed by then is forgotten. */
  private static final Duration DRAFT_AGE_MAX = Duration.ofHours(1);

  private final ImageStore store;
  private final Blobs blobs;
  private final StoreRules rules;
  private final InstantSource clock;
  private final PackUse packs;
  private final LedgerBlobs ledger;

  Upkeep(ImageStore store, Blobs blobs, StoreRules rules, InstantSource clock) {
    this.store = store;
    this.blobs = blobs;
    this.rules = rules;
    this.clock = clock;
    this.packs = new PackUse(blobs);
    this.ledger = new LedgerBlobs(blobs);
  }

  /**
   * Why an owner may not store more; empty if he may.
   *
   * @param moreBytes what he is about to store, from 1 on, unless it is in packs already
   */
  Optional<StoreFailure> refusal(long ownerUid, long moreBytes) throws IOException {
    return refusal(ownerUid, moreBytes, moreBytes);
  }

  /**
   * Why what is written may not be published; empty if it may.
   *
   * @param writtenBytes of packs that no image uses yet
   */
  Optional<StoreFailure> refusalOfWritten(long ownerUid, long writtenBytes) throws IOException {
    return refusal(ownerUid, writtenBytes, 0);
  }

  private Optional<StoreFailure> refusal(long ownerUid, long moreBytes, long toComeBytes)
      throws IOException {
    OptionalLong quota = rules.quotas().of(ownerUid);
    if (quota.isEmpty()) {
      return Optional.empty();
    }
    String domain = domain(ownerUid);
    long most = quota.getAsLong();
    if (packs.bytes(domain) <= most - toComeBytes) {
      return Optional.empty();
    }
    // Packs that no image uses wait for their collection: that is not the owner's fault.
    long used = packs.bytes(domain, usedPacks(ownerUid));
    return used <= most - moreBytes
        ? Optional.empty()
        : Optional.of(new StoreFailure.QuotaExceeded(ownerUid, used, moreBytes, most));
  }

  private Set<UUID> usedPacks(long ownerUid) throws IOException {
    Set<UUID> used = new HashSet<>();
    for (Image.Published image : published()) {
      if (image.manifest().contents().domain().equals(domain(ownerUid))) {
        used.addAll(image.manifest().contents().packs());
      }
    }
    return used;
  }

  private List<Image.Published> published() throws IOException {
    Stored<List<Image>> listed = store.list();
    if (listed instanceof Stored.Failed<List<Image>> failed) {
      throw new IOException(failed.failure().message());
    }
    return ((Stored.Ok<List<Image>>) listed)
        .value().stream()
            .filter(Image.Published.class::isInstance)
            .map(Image.Published.class::cast)
            .toList();
  }

  /**
   * Keeps an image from being removed for its age; {@link ImageStore#delete} by hand still works.
   */
  public Stored<ImageId> keep(ImageId id) {
    try {
      if (store.show(id) instanceof Image.Missing) {
        return new Stored.Failed<>(new StoreFailure.Missing(id));
      }
      blobs.create(kept(id), new byte[0]);
      // It may have been on its way out.
      if (store.show(id) instanceof Image.Missing) {
        blobs.delete(kept(id));
        return new Stored.Failed<>(new StoreFailure.Missing(id));
      }
      return new Stored.Ok<>(id);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("keep image " + id, e));
    }
  }

  /** Takes {@link #keep} back. */
  public Stored<ImageId> letGo(ImageId id) {
    try {
      blobs.delete(kept(id));
      return new Stored.Ok<>(id);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("let go of image " + id, e));
    }
  }

  /** Removes what the rules do not keep, and old drafts; which went. */
  public Stored<List<ImageId>> retain() {
    try {
      Instant now = clock.instant();
      Map<ImageId, Instant> dates = Catalog.publishedAt(blobs);
      List<Image.Published> images = published();
      List<ImageId> gone = new ArrayList<>();
      for (Image.Published image : images) {
        boolean old = date(image, dates).isBefore(now.minus(DRAFT_AGE_MAX));
        if (isDraft(image) && old && store.delete(image.id()) instanceof Stored.Ok) {
          gone.add(image.id());
        }
      }
      if (!rules.retention().isForever()) {
        removeExpired(lineages(images, dates), now, gone);
      }
      return new Stored.Ok<>(gone);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("remove old images", e));
    }
  }

  private void removeExpired(
      Map<String, List<Retention.Generation>> lineages, Instant now, List<ImageId> gone)
      throws IOException {
    for (Map.Entry<String, List<Retention.Generation>> lineage : lineages.entrySet()) {
      for (UUID expired : rules.retention().expired(lineage.getValue(), now)) {
        ImageId id = new ImageId(lineage.getKey(), expired);
        if (remove(id)) {
          gone.add(id);
        }
      }
    }
  }

  private static boolean isDraft(Image.Published image) {
    return image.manifest().metadata().isDraft();
  }

  /** One that was published after all dates were read is young. */
  private static Instant date(Image.Published image, Map<ImageId, Instant> dates) {
    return dates.getOrDefault(image.id(), Instant.MAX);
  }

  /** Drafts are of none: no instance comes back from them. */
  private Map<String, List<Retention.Generation>> lineages(
      List<Image.Published> images, Map<ImageId, Instant> dates) throws IOException {
    Set<String> kept = new HashSet<>();
    blobs.list(KEPT, KEPT_MAX).forEach(blob -> kept.add(blob.name()));
    Map<String, List<Retention.Generation>> lineages = new TreeMap<>();
    for (Image.Published image : images) {
      if (isDraft(image)) {
        continue;
      }
      lineages
          .computeIfAbsent(image.id().instance(), instance -> new ArrayList<>())
          .add(
              new Retention.Generation(
                  image.id().generation(),
                  image.manifest().metadata().parent(),
                  date(image, dates),
                  kept.contains(kept(image.id()))));
    }
    return lineages;
  }

  /** Unless it is being woken, or was: then it is the waker's. */
  private boolean remove(ImageId id) throws IOException {
    if (store.claim(id, CLAIMANT) instanceof Stored.Failed) {
      return false;
    }
    // Somebody may have said so since the kept ones were listed.
    if (!blobs.exists(kept(id)) && store.delete(id) instanceof Stored.Ok) {
      return true;
    }
    store.release(id, CLAIMANT);
    return false;
  }

  /** Notes what all owners have stored, once an hour, for {@link #usage}. */
  public Stored<Instant> account() {
    Instant now = clock.instant();
    try {
      if (!ledger.hasHourOf(now)) {
        ledger.write(new Ledger.Sample(now, storedBytes()));
      }
      return new Stored.Ok<>(now);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("note what owners store", e));
    }
  }

  private Map<Long, Long> storedBytes() throws IOException {
    Map<Long, Long> stored = new HashMap<>();
    packs.byDomain().forEach((domain, bytes) -> owner(domain).ifPresent(u -> stored.put(u, bytes)));
    return stored;
  }

  /**
   * What each owner stores, and stored from one moment to another.
   *
   * @param to not in the future
   */
  public Stored<List<OwnerUsage>> usage(Instant from, Instant to) {
    try {
      Map<Long, Long> stored = storedBytes();
      Map<Long, Double> byteHours = ledger.read(from).byteHours(from, to);
      Map<Long, Integer> images = new HashMap<>();
      published().forEach(i -> images.merge(i.manifest().metadata().ownerUid(), 1, Integer::sum));
      Set<Long> owners = new TreeSet<>(stored.keySet());
      owners.addAll(byteHours.keySet());
      owners.addAll(images.keySet());
      return new Stored.Ok<>(
          owners.stream()
              .map(
                  uid ->
                      new OwnerUsage(
                          uid,
                          images.getOrDefault(uid, 0),
                          stored.getOrDefault(uid, 0L),
                          byteHours.getOrDefault(uid, 0.0)))
              .toList());
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("tell what owners store", e));
    }
  }

  static String domain(long ownerUid) {
    return "uid-" + ownerUid;
  }

  private static Optional<Long> owner(String domain) {
    return domain.matches("uid-\\d{1,10}")
        ? Optional.of(Long.parseLong(domain.substring("uid-".length())))
        : Optional.empty();
  }

  static String kept(ImageId id) {
    return "%s/%s/%s".formatted(KEPT, id.instance(), id.generation());
  }
}
