package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The highest epoch seen per cell. A higher one is on the disk before it is let in, so that no
 * restart lets an older leader back. Thread-safe.
 */
final class EpochGate {
  private static final int CELLS_MAX = 64;
  private static final Pattern CELL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<String, Seen> highest = new TreeMap<>();

  /** As {@link Epoch}, to be kept as JSON. */
  record Seen(long incarnation, long czxid) {
    boolean isBelow(Seen other) {
      return incarnation != other.incarnation
          ? incarnation < other.incarnation
          : czxid < other.czxid;
    }

    Epoch message() {
      return Epoch.newBuilder().setIncarnation(incarnation).setCzxid(czxid).build();
    }
  }

  EpochGate(Path file) throws IOException {
    this.file = file;
    Optional<byte[]> kept = PrivateFiles.readIfThere(file);
    if (kept.isPresent()) {
      highest.putAll(JSON.readValue(kept.get(), new TypeReference<Map<String, Seen>>() {}));
    }
  }

  static boolean isValidCell(String cell) {
    return CELL.matcher(cell).matches();
  }

  /**
   * Lets the epoch in if none higher was seen.
   *
   * @throws IOException if a higher epoch can't be written down; it is not let in then
   */
  synchronized boolean admit(String cell, Epoch epoch) throws IOException {
    Seen asked = new Seen(epoch.getIncarnation(), epoch.getCzxid());
    Seen before = highest.get(cell);
    if (before != null && asked.isBelow(before)) {
      return false;
    }
    if (!asked.equals(before)) {
      if (before == null && highest.size() >= CELLS_MAX) {
        throw new IOException(
            String.format(
                "The number of cells (%d) must be at most %d.%nMaybe old cells are left in %s.",
                highest.size() + 1, CELLS_MAX, file));
      }
      Map<String, Seen> next = new TreeMap<>(highest);
      next.put(cell, asked);
      PrivateFiles.replaceDurably(file, JSON.writeValueAsBytes(next));
      highest.put(cell, asked);
    }
    return true;
  }

  /** Whether the epoch is still the highest of its cell. */
  synchronized boolean isCurrent(String cell, Epoch epoch) {
    Seen seen = highest.get(cell);
    return seen != null && !new Seen(epoch.getIncarnation(), epoch.getCzxid()).isBelow(seen);
  }

  /** The highest epoch seen; zeros if none was. */
  synchronized Epoch highest(String cell) {
    Seen seen = highest.get(cell);
    return seen == null ? Epoch.getDefaultInstance() : seen.message();
  }
}
