package io.dormouse.checkpoint.images;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.upkeep.Ledger;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of a store: a blob per hour, {@code usage/<hours since 1970>}, which the first who
 * looks in that hour writes.
 */
final class LedgerBlobs {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerBlobs.class);
  private static final String FOLDER = "usage";
  private static final int BYTES_MAX = 8 << 20;
  private static final int HOURS_KEPT = 400 * 24;
  private static final int SAMPLES_MAX = 2 * HOURS_KEPT;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Blobs blobs;

  LedgerBlobs(Blobs blobs) {
    this.blobs = blobs;
  }

  boolean hasHourOf(Instant at) throws IOException {
    return blobs.exists(name(hour(at)));
  }

  /**
   * Writes a sample unless its hour has one, and removes what is too old to be asked for: by both
   * the sample's clock and the store's, so that one that is far ahead erases nothing.
   */
  void write(Ledger.Sample sample) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("at", sample.at().toString());
    ObjectNode bytes = json.putObject("bytes");
    sample.bytes().forEach((uid, count) -> bytes.put(Long.toString(uid), count));
    String name = name(hour(sample.at()));
    blobs.create(name, JSON.writeValueAsBytes(json));
    List<Blob> all = blobs.list(FOLDER, SAMPLES_MAX);
    long now =
        all.stream()
            .filter(blob -> blob.name().equals(name))
            .mapToLong(blob -> Math.min(hour(blob.createdAt()), hour(sample.at())))
            .findFirst()
            .orElse(0);
    for (Blob blob : all) {
      if (hour(blob.name()).filter(hour -> hour < now - HOURS_KEPT).isPresent()) {
        blobs.delete(blob.name());
      }
    }
  }

  /** The samples from some time on, and the last one before it. */
  Ledger read(Instant from) throws IOException {
    List<Ledger.Sample> samples = new ArrayList<>();
    List<Blob> all = blobs.list(FOLDER, SAMPLES_MAX);
    for (int i = all.size() - 1; i >= 0; i--) {
      Optional<Ledger.Sample> sample = read(all.get(i).name());
      sample.ifPresent(samples::add);
      if (sample.isPresent() && !sample.get().at().isAfter(from)) {
        break;
      }
    }
    return new Ledger(samples);
  }

  /** What is damaged counts as not there: the sample before holds on. */
  private Optional<Ledger.Sample> read(String name) throws IOException {
    try {
      JsonNode json = JSON.readTree(blobs.read(name, BYTES_MAX));
      Map<Long, Long> bytes = new HashMap<>();
      for (var entry : json.path("bytes").properties()) {
        if (!entry.getValue().canConvertToLong()) {
          throw new IllegalArgumentException("it has other bytes than numbers");
        }
        bytes.put(Long.parseLong(entry.getKey()), entry.getValue().asLong());
      }
      return Optional.of(new Ledger.Sample(Instant.parse(json.path("at").asText()), bytes));
    } catch (NoSuchFileException removedMeanwhile) {
      return Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException e) {
      LOG.warn("The sample {} of what owners store is damaged: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  /** Ten digits, so that the order of names is that of time. */
  private static String name(long hour) {
    return "%s/%010d".formatted(FOLDER, hour);
  }

  private static long hour(Instant at) {
    return at.getEpochSecond() / Duration.ofHours(1).toSeconds();
  }

  private static Optional<Long> hour(String name) {
    String number = name.substring(name.lastIndexOf('/') + 1);
    return number.matches("\\d{10}") ? Optional.of(Long.parseLong(number)) : Optional.empty();
  }
}
