package io.dormouse.yarn.warmpool;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadRequest;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The JSON file that tells an application what to keep.
 *
 * @param launcher argument vector of the launcher, without its own arguments
 * @param keepAliveMillis how long an idle worker lives where no engine decides
 * @param engine whether a controller may take charge
 * @param tokenFile holds the pool's bearer token
 */
public record PoolFile(
    List<String> launcher,
    List<Kind> classes,
    long keepAliveMillis,
    boolean engine,
    String tokenFile) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();
  private static final long BYTES_MAX = 16L << 20;

  /** Copies the lists and checks that there is something to start. */
  public PoolFile {
    launcher = List.copyOf(launcher);
    classes = List.copyOf(classes);
    if (launcher.isEmpty()) {
      throw new IllegalArgumentException("The launcher must not be empty.");
    }
    if (keepAliveMillis <= 0) {
      throw new IllegalArgumentException(
          "The keepAliveMillis (%d) must be positive.".formatted(keepAliveMillis));
    }
  }

  /**
   * A class of workers.
   *
   * @param id its name
   * @param command argument vector of the worker
   */
  public record Kind(String id, List<String> command, long memoryBytes, long milliCores) {
    /** Copies the command. */
    public Kind {
      command = List.copyOf(command);
    }
  }

  /** What to write for a request. */
  public static PoolFile of(WorkloadRequest request, Path tokenFile) {
    List<Kind> kinds =
        request.classes().stream()
            .map(
                kind ->
                    new Kind(
                        kind.id().value(),
                        kind.command(),
                        kind.request().memoryBytes(),
                        kind.request().milliCores()))
            .toList();
    return new PoolFile(
        request.launcher(),
        kinds,
        request.keepAlive().toMillis(),
        request.engine(),
        tokenFile.toString());
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it can't be read or is malformed
   */
  public static PoolFile read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("The pool file (%s) is too long.".formatted(file));
    }
    return JSON.readValue(Files.readAllBytes(file), PoolFile.class);
  }

  /** Writes a file. */
  public void write(Path file) throws IOException {
    Files.write(file, JSON.writeValueAsBytes(this));
  }

  /** What the pool's logic takes. */
  PoolSpec spec(String idPrefix) {
    List<WorkerClass> kinds =
        classes.stream()
            .map(
                kind ->
                    new WorkerClass(
                        new WorkloadClassId(kind.id()),
                        kind.command(),
                        Resources.of(kind.milliCores(), kind.memoryBytes())))
            .toList();
    return new PoolSpec(
        idPrefix, kinds, Duration.ofMillis(keepAliveMillis), engine, PoolSpec.Limits.DEFAULT);
  }
}
