package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of dumping each kind of instance on this host, by what it runs ({@link SpecHash}). A
 * failure for reasons of the program speaks against images of its kind for a while, longer each
 * time; a success speaks for them at once. What was learned with another tool, kernel or CPU does
 * not count. Survives restarts; thread-safe.
 */
final class DumpVerdicts {
  private static final Logger LOG = LoggerFactory.getLogger(DumpVerdicts.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIGNALLED = 128;

  /** Most kinds that are remembered; the one that was dumped longest ago gives way. */
  static final int KINDS_MAX = 1_024;

  /** How long the first failure of a kind speaks against it; each further one twice as long. */
  static final Duration FIRST = Duration.ofMinutes(5);

  /** How long a failure speaks against a kind at most. */
  static final Duration LONGEST = Duration.ofHours(24);

  private static final int REASON_CHARACTERS_MAX = 300;

  private final Path file;
  private final String host;
  private final InstantSource clock;
  private final LinkedHashMap<String, Verdict> kinds = new LinkedHashMap<>();

  /**
   * What came of the last dump.
   *
   * @param failures in a row; 0 after a success
   * @param reason of the last failure, in one line
   * @param host where it was learned, with the tool
   */
  record Verdict(int failures, String reason, String host, long atEpochMillis) {
    Instant until() {
      int doublings = Math.min(failures - 1, 20);
      Duration holds = FIRST.multipliedBy(1L << doublings);
      return Instant.ofEpochMilli(atEpochMillis)
          .plus(holds.compareTo(LONGEST) < 0 ? holds : LONGEST);
    }
  }

  /**
   * Reads what was learned before; what can't be read is learned anew.
   *
   * @param host names all of the host and of the tool that a verdict depends on
   */
  DumpVerdicts(Path file, String host, InstantSource clock) {
    this.file = file;
    this.host = host;
    this.clock = clock;
    try {
      PrivateFiles.readIfThere(file).ifPresent(this::load);
    } catch (IOException e) {
      LOG.warn("What dumps taught is learned anew: {} can't be read.", file, e);
    }
  }

  private void load(byte[] content) {
    try {
      JSON.readValue(content, new TypeReference<LinkedHashMap<String, Verdict>>() {})
          .forEach(
              (kind, verdict) -> {
                if (verdict != null && host.equals(verdict.host())) {
                  kinds.put(kind, verdict);
                }
              });
    } catch (JsonProcessingException e) {
      LOG.warn("What dumps taught is learned anew: {} makes no sense.", file, e);
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory can't fail to be read.", e);
    }
  }

  /** A name for all that verdicts depend on. */
  static String host(String engine, HostFingerprint host) {
    return Hashing.sha256().hashString(engine + " " + host, StandardCharsets.UTF_8).toString();
  }

  /** Whether nothing is known of the kind, or only a failure that no longer counts. */
  synchronized boolean isOpen(String kind) {
    Verdict known = kinds.get(kind);
    return known == null || (known.failures() > 0 && against(kind).isEmpty());
  }

  /** Why no image of the kind can be taken, in one line; empty while nothing speaks against it. */
  synchronized Optional<String> against(@Nullable String kind) {
    Verdict known = kind == null ? null : kinds.get(kind);
    return known == null || known.failures() == 0 || !clock.instant().isBefore(known.until())
        ? Optional.empty()
        : Optional.of(
            "a dump of its kind failed at %s, and is not tried again before %s: %s"
                .formatted(
                    Instant.ofEpochMilli(known.atEpochMillis()), known.until(), known.reason()));
  }

  /** A dump of the kind went well. */
  synchronized void worked(@Nullable String kind) {
    if (kind == null) {
      return;
    }
    Verdict before = kinds.get(kind);
    if (before == null || before.failures() > 0) {
      put(kind, new Verdict(0, "", host, clock.millis()));
    }
  }

  /** A dump of the kind failed; that teaches something if it was for reasons of the program. */
  synchronized void failed(@Nullable String kind, EngineFailure failure) {
    if (kind == null || !isOfTheProgram(failure)) {
      return;
    }
    Verdict before = kinds.get(kind);
    int failures = before == null ? 1 : before.failures() + 1;
    put(kind, new Verdict(failures, firstLine(failure), host, clock.millis()));
    LOG.warn("kind={}: {}", kind, against(kind).orElse(""));
  }

  /**
   * Whether it would fail again: not where time, disk, rights or memory ran out, nor where somebody
   * killed the tool.
   */
  static boolean isOfTheProgram(EngineFailure failure) {
    return failure instanceof EngineFailure.Unsupported
        || (failure instanceof EngineFailure.ToolFailed tool && tool.exitStatus() < SIGNALLED);
  }

  private static String firstLine(EngineFailure failure) {
    String line = failure.message().lines().findFirst().orElse("");
    return line.substring(0, Math.min(line.length(), REASON_CHARACTERS_MAX));
  }

  private void put(String kind, Verdict verdict) {
    kinds.remove(kind);
    kinds.put(kind, verdict);
    if (kinds.size() > KINDS_MAX) {
      kinds.remove(kinds.keySet().iterator().next());
    }
    try {
      PrivateFiles.replace(file, JSON.writeValueAsBytes(kinds));
    } catch (IOException e) {
      LOG.warn("What a dump taught is forgotten at the next start: {}", e.toString());
    }
  }
}
