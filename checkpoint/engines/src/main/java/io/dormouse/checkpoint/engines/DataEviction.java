package io.dormouse.checkpoint.engines;

import com.google.common.collect.Lists;
import io.dormouse.checkpoint.engines.DataListing.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes a frozen instance's data off its disk and brings it back: {@link #plan}, {@link #save}, the
 * caller makes what was saved durable, {@link #evict}; {@link #refill} before the instance runs
 * again. Each file stays the same file, with its length, permissions and time of modification; only
 * its blocks go and come. A freeze that others can lift is not enough. Thread-safe.
 */
public final class DataEviction {
  private static final String LIST = "files.json";

  /** A file that takes less of the disk than this part of its length stays. */
  private static final int SPARSE_DIVISOR = 8;

  /** Java sets no times before 1970, and none much later than this, to the nanosecond. */
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private static final int SPECIAL_BITS = 06000;

  private final Limits limits;
  private final Duration timeout;

  /**
   * Bounds of one eviction.
   *
   * @param fileBytesMin smaller files stay: their blocks are not worth the work
   * @param filesMax at most so many files, the largest first
   * @param bytesMax at most so many bytes on disk
   */
  public record Limits(long fileBytesMin, int filesMax, long bytesMax) {
    /** Files from 64 KiB on, 10,000 of them, 256 GiB in all. */
    public static final Limits DEFAULT = new Limits(64 << 10, 10_000, 256L << 30);

    /** Checks that they are positive. */
    public Limits {
      if (fileBytesMin < 1 || filesMax < 1 || bytesMax < 1) {
        throw new IllegalArgumentException(
            "The limits (%d bytes a file, %d files, %d bytes) of an eviction must be positive.%nMaybe use the default."
                .formatted(fileBytesMin, filesMax, bytesMax));
      }
    }
  }

  /** {@code timeout}: of each call of a tool. */
  public DataEviction(Limits limits, Duration timeout) {
    this.limits = limits;
    this.timeout = timeout;
  }

  /** Finds out by trying whether data in a directory can be evicted at all. */
  public static Outcome<Done> probe(Path directory, Duration timeout) {
    return HolePunch.probe(directory, timeout);
  }

  /** Whether a file of a snapshot is written from begin to end; its path is relative. */
  public static boolean writesOnce(Path file) {
    return file.startsWith("data");
  }

  /** Looks at all files of a frozen instance; a failure if there is nothing to evict. */
  public Outcome<EvictionPlan> plan(InstanceData data) {
    return DataListing.of(data, limits.fileBytesMin(), timeout)
        .then(
            entries -> {
              EvictionPlan plan = plan(data, entries, DataUse.of(data));
              return plan.files() > 0
                  ? Outcome.ok(plan)
                  : Outcome.failed(new EngineFailure.NothingToEvict(data.id(), plan.keptInWords()));
            });
  }

  private EvictionPlan plan(InstanceData data, List<Entry> entries, DataUse use) {
    Map<List<Long>, List<Entry>> byInode =
        entries.stream()
            .collect(
                Collectors.groupingBy(
                    e -> List.of(e.file().device(), e.file().inode()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<List<Entry>> largestFirst = new ArrayList<>(byInode.values());
    largestFirst.sort(
        Comparator.comparingLong((List<Entry> names) -> -names.get(0).allocatedBytes()));
    Verdicts verdicts = new Verdicts(data, use);
    largestFirst.forEach(verdicts::judge);
    return new EvictionPlan(data, verdicts.evicted, verdicts.kept);
  }

  /** Goes through files, largest first. */
  private final class Verdicts {
    private final InstanceData data;
    private final DataUse use;
    private final List<EvictionPlan.Candidate> evicted = new ArrayList<>();
    private final Map<DataVerdict, Integer> kept = new EnumMap<>(DataVerdict.class);
    private long bytes;

    Verdicts(InstanceData data, DataUse use) {
      this.data = data;
      this.use = use;
    }

    /** {@code names}: all that one file has in the instance's directories. */
    void judge(List<Entry> names) {
      Entry entry = names.get(0);
      @Nullable DataVerdict reason = reason(entry, names.size());
      if (reason == null) {
        bytes += entry.allocatedBytes();
        evicted.add(new EvictionPlan.Candidate(entry.file(), entry.allocatedBytes()));
      } else {
        kept.merge(reason, 1, Integer::sum);
      }
    }

    private @Nullable DataVerdict reason(Entry entry, int names) {
      DataFile file = entry.file();
      if (use.isAsynchronous()) {
        return DataVerdict.ASYNCHRONOUS;
      } else if (use.isMapped(file)) {
        return DataVerdict.MAPPED;
      } else if (use.isLocked(file)) {
        return DataVerdict.LOCKED;
      } else if (use.isDirect(file)) {
        return DataVerdict.DIRECT;
      } else if (entry.links() != names) {
        return DataVerdict.LINKED;
      } else if (use.isUsedElsewhere(file)) {
        return DataVerdict.SHARED;
      } else if (use.isWatched(data.root(), file)) {
        return DataVerdict.WATCHED;
      } else if ((file.mode() & SPECIAL_BITS) != 0) {
        return DataVerdict.SPECIAL;
      } else if (file.modified().isBefore(Instant.EPOCH) || file.modified().isAfter(LATEST)) {
        return DataVerdict.DATED;
      } else if (entry.allocatedBytes() < file.bytes() / SPARSE_DIVISOR) {
        return DataVerdict.SPARSE;
      }
      boolean fits =
          evicted.size() < limits.filesMax() && bytes + entry.allocatedBytes() <= limits.bytesMax();
      return fits ? null : DataVerdict.TOO_MANY;
    }
  }

  /**
   * Copies the content of all files of a plan, with the list of them, into an empty directory.
   *
   * @return the copy, which {@link #evict} compares the files with
   */
  public Outcome<SavedData> save(EvictionPlan plan, Path image) {
    List<DataFile> files = new ArrayList<>();
    List<Instant> changed = new ArrayList<>();
    try {
      Files.createDirectory(image.resolve("data"), Private.DIRECTORY);
      for (List<DataFile> some : batches(plan.evictedFiles())) {
        try (HeldData held = HeldData.open(plan.data().root(), some)) {
          for (HeldData.Held each : held.files()) {
            changed.add(DataContents.save(each, DataContents.copy(image, files.size())));
            files.add(withTime(each.file(), each.modified()));
          }
        }
      }
      DataFilesJson.write(image.resolve(LIST), files);
      return Outcome.ok(new SavedData(plan.data(), files, changed, plan.allocatedBytes()));
    } catch (IOException e) {
      return Outcome.failed(failure(plan.data(), "copy the data of " + plan.data().id(), e));
    }
  }

  private static DataFile withTime(DataFile file, Instant modified) {
    return new DataFile(
        file.path(), file.device(), file.inode(), file.bytes(), modified, file.mode());
  }

  /**
   * Takes the blocks of all files that were saved. The copy must be durable, and it must be on
   * record that {@link #refill} has to come before the instance runs: also after a failure.
   */
  public Outcome<Done> evict(SavedData saved) {
    long start = System.nanoTime();
    int done = 0;
    try {
      for (List<DataFile> some : batches(saved.files())) {
        List<Instant> changed = saved.changed().subList(done, done + some.size());
        try (HeldData held = HeldData.open(saved.data().root(), some)) {
          requireSame(held, changed);
          Outcome<Done> punched = HolePunch.punch(held.files(), saved.data().root(), timeout);
          if (punched instanceof Outcome.Failed<Done>) {
            return punched;
          }
          for (HeldData.Held each : held.files()) {
            each.stamp();
          }
        }
        done += some.size();
      }
      return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
    } catch (IOException e) {
      return Outcome.failed(failure(saved.data(), "evict the data of " + saved.data().id(), e));
    }
  }

  private static void requireSame(HeldData held, List<Instant> changed) throws IOException {
    for (int i = 0; i < changed.size(); i++) {
      HeldData.Held file = held.files().get(i);
      if (!file.changed().equals(changed.get(i))) {
        throw new HeldData.ChangedException(file.file(), "changed after it was copied");
      }
    }
  }

  /**
   * Brings all content back from what {@link #save} wrote, and forces it to disk. Fine at any time
   * from the save on, and again. After a failure the instance must not run.
   *
   * @return how many bytes were written
   */
  public Outcome<Long> refill(InstanceData data, Path image) {
    long written = 0;
    try {
      List<DataFile> files = DataFilesJson.read(image.resolve(LIST));
      int done = 0;
      for (List<DataFile> some : batches(files)) {
        requireIn(data, some);
        try (HeldData held = HeldData.open(data.root(), some)) {
          for (HeldData.Held each : held.files()) {
            written += DataContents.refill(each, DataContents.copy(image, done++));
            each.stamp();
          }
        }
      }
      return Outcome.ok(written);
    } catch (IOException e) {
      return Outcome.failed(failure(data, "bring back the data of " + data.id(), e));
    }
  }

  private static void requireIn(InstanceData data, List<DataFile> files) throws IOException {
    for (DataFile file : files) {
      if (!data.directories().contains(file.names().getName(0).toString())) {
        throw new IOException("%s is no file of %s".formatted(file.path(), data.id()));
      }
    }
  }

  private static EngineFailure failure(InstanceData data, String what, IOException error) {
    return error instanceof HeldData.ChangedException changed
        ? new EngineFailure.DataChanged(data.id(), String.valueOf(changed.getMessage()))
        : EngineErrors.io(what, error);
  }

  private static List<List<DataFile>> batches(List<DataFile> files) {
    return Lists.partition(files, HeldData.FILES_MAX);
  }
}
